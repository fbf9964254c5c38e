import { closeSync, constants, fstatSync, openSync, type Stats } from "node:fs";
import { isMissing } from "./directory.js";

/** Does something with a file that is open for reading; `undefined`: there is no file. */
export function withFile<T>(path: string, action: (fd: number | undefined) => T): T {
  const fd = openForReading(path);
  try {
    return action(fd);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/**
 * Opens a file for reading; `undefined`: there is no file.
 *
 * @throws {Error} a system error, also for what is no file: a pipe would keep us waiting for a writer.
 */
export function openForReading(path: string): number | undefined {
  try {
    return openFile(path, constants.O_RDONLY).fd;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Opens a file, with flags of `fs.constants`, and the mode that it has if it is made. What is no file is refused, and never waited for. */
export function openFile(
  path: string,
  flags: number,
  mode?: number,
): { readonly fd: number; readonly stats: Stats } {
  const fd = openSync(path, flags | (constants.O_NONBLOCK ?? 0), mode); // Windows has no such flag
  const stats = fstatSync(fd);
  if (stats.isFile()) return { fd, stats };
  closeSync(fd);
  const [code, what] = stats.isDirectory()
    ? ["EISDIR", "illegal operation on a directory"]
    : ["ENOTFILE", "not a regular file"];
  throw Object.assign(new Error(`${code}: ${what}, open '${path}'`), { code, syscall: "open" });
}
