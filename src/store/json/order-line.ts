import { isUtf8 } from "node:buffer";
import { type Order, orderProblem } from "../../domain/order.js";
import { escapeUnsafe, safeJson } from "../../domain/printable.js";

/** A line that is no order, and why. */
export interface DamagedLine {
  readonly problem: string;
}

/**
 * Ends a line that was torn by a crash: ASCII CAN, "disregard what went before". No order ends like
 * this, for JSON escapes control characters.
 * {@link https://www.rfc-editor.org/rfc/rfc20#section-5.2 RFC 20}
 */
export const CANCEL = "\x18";

/** One order as a line of `orders.jsonl`, its newline included. */
export function encodeOrder({ id, placedAt, items }: Order): string {
  return `${safeJson({ id, placedAt, items })}\n`;
}

/** Reads one line, without its newline: an order, damage, or nothing if it is blank or cancelled. */
export function decodeLine(line: Buffer): Order | DamagedLine | undefined {
  if (line.at(-1) === CANCEL.charCodeAt(0)) return undefined;
  if (!isUtf8(line)) return { problem: "not UTF-8" };
  const text = line.toString("utf8");
  if (text.trim() === "") return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { problem: `not an order: ${excerpt(text)}` };
  }
  const problem = orderProblem(value);
  if (problem !== undefined) return { problem: `not an order: ${problem}: ${excerpt(text)}` };
  const { id, placedAt, items } = value as Order;
  return { id, placedAt, items };
}

function excerpt(text: string): string {
  return escapeUnsafe(text.length <= 40 ? text : `${text.slice(0, 40)}…`);
}
