import { isUtf8 } from "node:buffer";
import { readFileSync } from "node:fs";
import { OrdersError } from "../../errors.js";
import type { Io } from "../io.js";

/**
 * Refuses arguments, and a location in `ORDERS_STORE`, whose bytes are not UTF-8: JavaScript got a
 * U+FFFD for each, and an order would be stored with it. Only Linux tells what the bytes were.
 *
 * @throws {OrdersError} `invalid-usage`
 */
export function refuseOtherEncodings(argv: readonly string[], { env, platform }: Io): void {
  if (platform !== "linux") return;
  for (const bytes of stringsOf("/proc/self/cmdline").slice(-argv.length)) {
    if (argv.includes(bytes.toString("utf8"))) refuse("argument", bytes);
  }
  for (const bytes of stringsOf("/proc/self/environ")) {
    if (bytes.toString("utf8") === `ORDERS_STORE=${env.ORDERS_STORE}`) refuse("variable", bytes);
  }
}

/** The strings of a file that end in a NUL each; none if it cannot be read. */
function stringsOf(path: string): Buffer[] {
  try {
    const text = readFileSync(path, "latin1"); // a character for each byte
    return text
      .split("\0")
      .slice(0, -1)
      .map((part) => Buffer.from(part, "latin1"));
  } catch {
    return [];
  }
}

function refuse(what: string, bytes: Buffer): void {
  if (isUtf8(bytes)) return;
  const shown = bytes
    .toString("latin1")
    .replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
  throw new OrdersError("invalid-usage", `${what} '${shown}' is not UTF-8`, {
    hint: "use a UTF-8 locale, or convert it with iconv",
  });
}
