#!/usr/bin/env node
"use strict";

// Starts the built program. CommonJS, for as an ES module each start would take 5 ms more; up to the
// first check in words that any Node.js understands, so that an old one can be told that it is too old.

const fs = require("fs");
const path = require("path");

const root = path.dirname(__dirname);
const bundle = path.join(root, "dist", "bin", "start.cjs");
const version = process.versions.node;

if (!isSupported(version.split(".").map(Number))) {
  refuse("needs Node.js 20.19, 22.12 or newer; this is " + version);
} else {
  start();
}

function isSupported(version) {
  const major = version[0];
  const minor = version[1];
  return major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19);
}

function refuse(reason) {
  process.stderr.write("orders: " + reason + "\n");
  process.exitCode = 1;
}

function start() {
  let source;
  try {
    source = fs.readFileSync(bundle, "latin1"); // it is ASCII, as the build makes sure
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
    refuse("not built: run npm run build in " + root);
    return;
  }
  const program = compile(source);
  program.exports.main(process.argv.slice(2), program.exports.processIo(root)).then((exitCode) => {
    process.exitCode = exitCode;
    program.keep();
  });
}

/**
 * Runs the program from compiled code that an earlier start kept. Compiling takes a tenth of placing an
 * order. `keep` keeps the code for the next start if there was none.
 */
function compile(source) {
  const vm = require("vm");
  const Module = module.constructor; // require("module") would load more than is needed
  const kept = keptCode(source);
  const script = new vm.Script(Module.wrap(source), {
    filename: bundle,
    cachedData: kept && kept.code,
  });
  const program = new Module(bundle);
  program.filename = bundle;
  require.cache[bundle] = program;
  const run = script.runInThisContext();
  run.call(program.exports, program.exports, (id) => program.require(id), program, bundle, root);
  return {
    exports: program.exports,
    keep() {
      if (!kept || script.cachedDataRejected === false) return;
      try {
        require("./keep-code")(kept, script);
      } catch (_) {
        // Too many open files, or it is being upgraded: the next start compiles again.
      }
    },
  };
}

/**
 * Where compiled code is kept, and what is there: a directory that only this user can write to, for whoever
 * can change the code runs what they like as this user. The name of the file says what it was compiled
 * from, and by what. `undefined`: there is no such directory, and nothing is kept.
 */
function keptCode(source) {
  const env = process.env;
  const caches = [env.XDG_CACHE_HOME, env.HOME && path.join(env.HOME, ".cache")].find(isAbsolute);
  if (!process.getuid || !caches || env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  const uid = process.getuid();
  const isOurs = (stats) => stats.uid === uid && (stats.mode & 0o022) === 0;
  const directory = path.join(caches, "orders");
  const version = `-${process.version}-${process.arch}`;
  const file = path.join(directory, source.slice(2, 34) + version);
  return { directory, version, file, isOurs, code: read(directory, file, isOurs) };
}

function read(directory, file, isOurs) {
  let fd;
  try {
    if (!isOurs(fs.lstatSync(directory))) return undefined;
    fd = fs.openSync(file, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
    return isOurs(fs.fstatSync(fd)) ? fs.readFileSync(fd) : undefined;
  } catch (_) {
    return undefined;
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

function isAbsolute(directory) {
  return Boolean(directory) && path.isAbsolute(directory);
}
