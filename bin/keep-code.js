"use strict";

const fs = require("fs");
const path = require("path");

/** What is younger may be of a build that is used in turns with this one. */
const DAY_MS = 24 * 60 * 60 * 1000;

/** Keeps compiled code for the next start, in the place of what this Node.js kept of earlier builds. */
module.exports = function keepCode({ directory, suffix, isOurs }, compiled) {
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const stats = fs.lstatSync(directory);
  if (!stats.isDirectory() || !isOurs(stats)) return;
  const build = compiled[0].name.split("-")[0];
  for (const name of fs.readdirSync(directory)) {
    if (!name.endsWith(suffix) || name.startsWith(build)) continue;
    const file = path.join(directory, name);
    if (fs.lstatSync(file).mtimeMs < Date.now() - DAY_MS) fs.unlinkSync(file);
  }
  for (const { name, script } of compiled) {
    // If this process is killed, another one removes what it wrote: it is of no build.
    const temporary = path.join(directory, `${process.pid}-${Date.now()}${suffix}`);
    write(temporary, script.createCachedData());
    fs.renameSync(temporary, path.join(directory, name));
  }
};

/**
 * Writes a file that this user alone can read, whole on stable storage when this returns: V8 looks at no
 * checksum, and a file that a power cut had left in parts would end every start.
 */
function write(file, content) {
  const fd = fs.openSync(file, "wx", 0o600);
  try {
    fs.writeFileSync(fd, content);
    fs.fdatasyncSync(fd);
  } catch (error) {
    fs.unlinkSync(file);
    throw error;
  } finally {
    fs.closeSync(fd);
  }
}
