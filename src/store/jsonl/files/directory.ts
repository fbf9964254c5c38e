import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname } from "node:path";
import { attempt } from "../errors.js";

/** For its owner alone: orders hold the names of customers. */
const PRIVATE = 0o700;

/** Creates a directory, its parents included, so that it survives a power cut. Only its own mode is given. */
export function createDirectory(path: string, mode = PRIVATE): void {
  const parent = dirname(path);
  try {
    if (!make(path, mode)) return;
  } catch (error) {
    if (!isMissing(error) || parent === path) throw error;
    isPresent(path); // says whether something is in the way
    createDirectory(parent, 0o777); // as mkdir -p makes them
    if (!make(path, mode)) return;
  }
  syncDirectory(parent);
}

/** Creates a directory within one that exists, for those whom that is for. */
export function createWithin(path: string): void {
  createDirectory(path, directoryMode(dirname(path)));
}

/** The mode of a directory that is made in another one: whom that is for, as far as the umask lets them. */
export function directoryMode(within: string): number {
  return (statSync(within).mode & 0o777) | PRIVATE;
}

/** The mode of a file that is made in a directory. */
export function fileMode(within: string): number {
  return directoryMode(within) & 0o666;
}

/** Creates a file without content in a directory, and syncs its name. */
export function createEmpty(path: string): void {
  const directory = dirname(path);
  closeSync(openSync(path, "a", fileMode(directory)));
  syncDirectory(directory);
}

/** Whether a directory is there for something else than a store that has no orders yet. */
export function holdsOther(directory: string): boolean {
  return readdirSync(directory).some((name) => !name.startsWith(".") && !OF_A_STORE.includes(name));
}

/** The first is at the root of a file system; subscriptions may have been kept without their orders. */
const OF_A_STORE = ["lost+found", "subscriptions"];

/** Whether there was none. mkdir's own `recursive` says ENOENT of a file system that is read-only. */
function make(path: string, mode: number): boolean {
  try {
    mkdirSync(path, mode);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
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

/**
 * Whether there is something at a path. It is an error if nothing can be there, because the path or a directory
 * above it is a link to nothing, or a directory above it is a file: a disk may not be mounted.
 */
export function isPresent(path: string): boolean {
  try {
    lstatSync(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
    const parent = dirname(path);
    if (parent !== path && isPresent(parent)) refuseFile(parent);
    return false;
  }
  statSync(path);
  return true;
}

/** Removes whatever is at a path. Windows may refuse that while anybody, such as a virus scanner, has it open. */
export function remove(path: string): void {
  const maxRetries = process.platform === "win32" ? 5 : 0;
  attempt("remove", path, () => rmSync(path, { force: true, recursive: true, maxRetries }));
}

/** Windows says of what is below a file that it is missing; other systems, that the file is no directory. */
function refuseFile(path: string): void {
  if (statSync(path).isDirectory()) return;
  const message = `ENOTDIR: not a directory, stat '${path}'`;
  throw Object.assign(new Error(message), { code: "ENOTDIR", syscall: "stat" });
}

/** Whether the system said that there is no such file or directory. */
export function isMissing(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "ENOENT";
}
