#!/usr/bin/env node
"use strict";

// CommonJS, as bin/package.json says: it starts faster than ES modules do.
require("node:module").enableCompileCache?.();

const { dirname } = require("node:path");
const { main, processIo } = require("../dist/bin/main.cjs");

main(process.argv.slice(2), processIo(dirname(__dirname))).then((exitCode) => {
  process.exitCode = exitCode;
});
