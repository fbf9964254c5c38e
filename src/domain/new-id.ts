import { closeSync, openSync, readSync } from "node:fs";
import { v4 } from "uuid";

/**
 * A new UUID v4. Its random bytes come from the system's own file of them, where there is one: loading
 * node:crypto takes longer than storing an order.
 * {@link https://man7.org/linux/man-pages/man4/urandom.4.html urandom(4)}
 */
export function newId(): string {
  if (used === pool.length) {
    pool = systemRandom(POOL_BYTES) ?? new Uint8Array();
    used = 0;
  }
  if (pool.length === 0) return v4();
  const random = pool.subarray(used, used + ID_BYTES);
  used += ID_BYTES;
  return v4({ random });
}

const ID_BYTES = 16;
const POOL_BYTES = 64 * ID_BYTES;
/** Random bytes, each used once. */
let pool = new Uint8Array();
let used = 0;

/** `undefined`: there is no such file, on Windows or in a chroot without devices. */
function systemRandom(size: number): Uint8Array<ArrayBuffer> | undefined {
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
