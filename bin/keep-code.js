"use strict";

const fs = require("fs");
const path = require("path");

/** Keeps the compiled code of a script for the next start, in the place of all that this Node.js kept. */
module.exports = function keep({ directory, version, file, isOurs }, script) {
  const temporary = `${file}.${process.pid}`;
  try {
    fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
    const stats = fs.lstatSync(directory);
    if (!stats.isDirectory() || !isOurs(stats)) return;
    const fd = fs.openSync(temporary, "wx", 0o600);
    try {
      fs.writeFileSync(fd, script.createCachedData());
    } finally {
      fs.closeSync(fd);
    }
    for (const old of fs.readdirSync(directory)) {
      if (old.endsWith(version)) fs.unlinkSync(path.join(directory, old));
    }
    fs.renameSync(temporary, file);
  } catch (_) {
    // Read-only, full, …: the next start compiles again.
  }
};
