import { closeSync, openSync, readSync } from "node:fs";

/**
 * Random bytes, each used once, from the system's own file of them: loading node:crypto takes longer than storing
 * an order. `undefined`: there is no such file, on Windows or in a chroot without devices.
 * {@link https://man7.org/linux/man-pages/man4/urandom.4.html urandom(4)}
 */
export function randomBytes(size: number): Uint8Array | undefined {
  if (used + size > pool.length) {
    pool = read(POOL_BYTES) ?? new Uint8Array();
    used = 0;
  }
  if (pool.length === 0) return undefined;
  used += size;
  return pool.subarray(used - size, used);
}

const POOL_BYTES = 1024;
let pool = new Uint8Array();
let used = 0;

function read(size: number): Uint8Array<ArrayBuffer> | undefined {
  let fd: number;
  try {
    fd = openSync("/dev/urandom", "r");
  } catch {
    return undefined;
  }
  try {
    const bytes = new Uint8Array(size);
    return readSync(fd, bytes) === size ? bytes : undefined;
  } finally {
    closeSync(fd);
  }
}
