import { closeSync, openSync, readSync } from "node:fs";
import { v4 } from "uuid";

/**
 * A new UUID v4. Its random bytes come from the system's own file of them, where there is one: loading
 * node:crypto takes longer than storing an order.
 * {@link https://man7.org/linux/man-pages/man4/urandom.4.html urandom(4)}
 */
export function newId(): string {
  const random = systemRandom();
  return random === undefined ? v4() : v4({ random });
}

function systemRandom(): Uint8Array | undefined {
  let fd: number;
  try {
    fd = openSync("/dev/urandom", "r");
  } catch {
    return undefined; // Windows, or a chroot without devices
  }
  try {
    const bytes = new Uint8Array(16);
    return readSync(fd, bytes) === bytes.length ? bytes : undefined;
  } finally {
    closeSync(fd);
  }
}
