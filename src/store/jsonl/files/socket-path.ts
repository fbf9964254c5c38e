import { closeSync, mkdtempSync, openSync, rmdirSync, symlinkSync, unlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/**
 * Does something with the path of a socket in a directory. Where that is too long for a socket, as it often
 * is in a home directory on macOS, it is a shorter one, which is there only until `use` is done.
 *
 * @throws {Error} a system error, of making the shorter path too.
 */
export async function withSocketPath<T>(
  directory: string,
  name: string,
  use: (path: string) => Promise<T>,
  platform: NodeJS.Platform = process.platform,
): Promise<T> {
  const path = join(directory, name);
  if (Buffer.byteLength(path) <= MAX_BYTES) return use(path);
  const shorter = platform === "linux" ? openedPath(directory) : linkedPath(directory);
  try {
    return await use(join(shorter.path, name));
  } finally {
    shorter.remove();
  }
}

/** The least that any system allows a socket's path: {@link https://man7.org/linux/man-pages/man7/unix.7.html unix(7)}. */
const MAX_BYTES = 103;

interface ShorterPath {
  readonly path: string;
  remove(): void;
}

/** Needs no place that can be written to. */
function openedPath(directory: string): ShorterPath {
  const fd = openSync(directory, "r");
  return { path: `/proc/self/fd/${fd}`, remove: () => closeSync(fd) };
}

/** In a directory that only this user can write to, or others could lead us elsewhere. */
function linkedPath(directory: string): ShorterPath {
  const own = mkdtempSync(join(tmpdir(), "orders-"));
  const path = join(own, "lock");
  try {
    symlinkSync(resolve(directory), path);
  } catch (error) {
    rmdirSync(own);
    throw error;
  }
  return {
    path,
    remove() {
      unlinkSync(path);
      rmdirSync(own);
    },
  };
}
