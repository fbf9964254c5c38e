#!/usr/bin/env node
"use strict";

// Starts the built program. CommonJS, for as an ES module each start would take 5 ms more; up to the
// first check in words that any Node.js understands, so that an old one can be told that it is too old.

const fs = require("fs");
const path = require("path");

const root = path.dirname(__dirname);
const bundle = path.join(root, "dist", "bin");
const version = process.versions.node;

if (!isSupported(version.split(".").map(Number))) {
  refuse("needs Node.js 20.19, 22.12 or newer; this is " + version);
} else if (process.permission) {
  refuse(
    "cannot run with node --permission, which disables fsync: no order would be stored for certain",
  );
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
  const loader = process.versions.bun
    ? { load: (file) => require(path.join(bundle, file)), keepCode() {} }
    : createLoader(keptCode(process.env, process.argv[2]));
  let program;
  try {
    program = loader.load("start.cjs");
  } catch (error) {
    if (error.code !== "ENOENT" && error.code !== "MODULE_NOT_FOUND") throw error;
    refuse("not built: run npm run build in " + root);
    return;
  }
  program.main(process.argv.slice(2), program.processIo(root)).then((exitCode) => {
    process.exitCode = exitCode;
    if (exitCode !== 2) loader.keepCode(); // after wrong usage, the verb may be none
    // All is written, but on a Windows console. Node would take another millisecond to end by itself.
    if (process.platform !== "win32") process.exit();
  });
}

/**
 * Loads the files of the program as `require` would, but from compiled code that an earlier start kept:
 * compiling takes longer than what most verbs do.
 */
function createLoader(kept) {
  const vm = require("vm");
  const { wrap } = module.constructor; // require("module") would load more than is needed
  const modules = new Map();
  const compiled = [];
  function load(file) {
    if (modules.has(file)) return modules.get(file).exports;
    const filename = path.join(bundle, file);
    const source = fs.readFileSync(filename, "utf8");
    const name = kept && kept.nameOf(file, source);
    const script = new vm.Script(wrap(source), { filename, cachedData: kept && kept.read(name) });
    if (script.cachedDataRejected !== false) compiled.push({ name, script });
    const loaded = { exports: {} };
    modules.set(file, loaded);
    const run = script.runInThisContext();
    run.call(loaded.exports, loaded.exports, requireWithin, loaded, filename, bundle);
    return loaded.exports;
  }
  function requireWithin(id) {
    return id.startsWith("./") ? load(id.slice(2)) : require(id);
  }
  function keepCode() {
    if (!kept || compiled.length === 0) return;
    try {
      require("./keep-code")(kept, compiled);
    } catch (_) {
      // Full, read-only, being upgraded, …: the next start compiles again.
    }
  }
  return { load, keepCode };
}

/**
 * Where compiled code is kept: a directory that only this user can write to, for whoever can change the
 * code runs what they like as this user. The name of a file says of which build it is, for which verb,
 * since only the functions that it called are compiled, and for which Node.js. `undefined`: nothing is kept,
 * as in a home that is another user's: `sudo` leaves root with it, and that user could not use what root made.
 */
function keptCode(env, verb = "any") {
  const caches = [env.XDG_CACHE_HOME, env.HOME && path.join(env.HOME, ".cache")].find(isAbsolute);
  if (!process.getuid || !caches || env.NODE_DISABLE_COMPILE_CACHE) return undefined;
  const directory = path.join(caches, "orders");
  const uid = process.getuid();
  const isOurs = (stats) => stats.uid === uid && (stats.mode & 0o022) === 0;
  try {
    if (ownerOf(caches) !== uid || !isOurs(fs.lstatSync(directory))) return undefined;
  } catch (_) {
    // It is made when there is something to keep.
  }
  const prefix = /^[a-z_-]+$/.test(verb) ? verb : "any";
  const suffix = `-${process.version}-${process.arch}`;
  return {
    directory,
    suffix,
    isOurs,
    nameOf: (file, source) => `${source.slice(2, 34)}-${prefix}-${file}${suffix}`,
    read: (name) => read(path.join(directory, name), isOurs),
  };
}

/** Whose a directory is, or the first one above it that there is. */
function ownerOf(directory) {
  const stats = fs.statSync(directory, { throwIfNoEntry: false });
  if (stats) return stats.uid;
  const parent = path.dirname(directory);
  return parent === directory ? undefined : ownerOf(parent);
}

function read(file, isOurs) {
  let fd;
  try {
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
