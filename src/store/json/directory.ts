import { closeSync, fsyncSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";

/** Creates a directory, its parents included, so that it survives a power cut. */
export function createDirectory(path: string): void {
  const topmost = mkdirSync(path, { recursive: true });
  if (topmost === undefined) return;
  for (let made = path; made.length >= topmost.length; made = dirname(made)) {
    syncDirectory(dirname(made));
  }
}

/**
 * Puts the names in a directory on stable storage: syncing a new file does not sync its name.
 * {@link https://man7.org/linux/man-pages/man2/fsync.2.html fsync(2)}
 */
export function syncDirectory(path: string): void {
  if (process.platform === "win32") return; // there is no such call; NTFS logs names itself
  const fd = openSync(path, "r");
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
