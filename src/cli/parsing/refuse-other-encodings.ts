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
  const variable = `ORDERS_STORE=${env.ORDERS_STORE}`;
  for (const bytes of [...stringsOf("cmdline"), ...stringsOf("environ")]) {
    const text = bytes.toString("utf8");
    if (isUtf8(bytes) || (text !== variable && !argv.includes(text))) continue;
    const shown = bytes
      .toString("latin1")
      .replace(/[\x80-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`);
    const what = text === variable ? "variable" : "argument";
    throw new OrdersError("invalid-usage", `${what} '${shown}' is not UTF-8`, {
      hint: "use a UTF-8 locale, or convert it with iconv",
    });
  }
}

/** The strings that a file of this process holds, each before a NUL; none if it cannot be read. */
function stringsOf(file: "cmdline" | "environ"): Buffer[] {
  try {
    const text = readFileSync(`/proc/self/${file}`, "latin1"); // a character for each byte
    return text.split("\0").map((part) => Buffer.from(part, "latin1"));
  } catch {
    return [];
  }
}
