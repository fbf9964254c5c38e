"use strict";

const fs = require("fs");
const path = require("path");

/** Keeps compiled code for the next start, in the place of all that this Node.js kept of other builds. */
module.exports = function keepCode({ directory, suffix, isOurs }, compiled) {
  fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
  const stats = fs.lstatSync(directory);
  if (!stats.isDirectory() || !isOurs(stats)) return;
  const build = compiled[0].name.split("-")[0];
  for (const name of fs.readdirSync(directory)) {
    if (name.endsWith(suffix) && !name.startsWith(build)) fs.unlinkSync(path.join(directory, name));
  }
  for (const { name, script } of compiled) {
    write(path.join(directory, name), script.createCachedData());
  }
};

/** Writes a file that this user alone can read, whole or not at all. */
function write(file, content) {
  const temporary = `${file}.${process.pid}`;
  const fd = fs.openSync(temporary, "wx", 0o600);
  try {
    fs.writeFileSync(fd, content);
    fs.renameSync(temporary, file);
  } catch (error) {
    fs.unlinkSync(temporary);
    throw error;
  } finally {
    fs.closeSync(fd);
  }
}
