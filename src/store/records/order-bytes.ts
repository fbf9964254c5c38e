import { CLOSING_FIELDS } from "../../domain/closing.js";
import { PLACED_AT_LENGTH } from "../../domain/order.js";

/** Where the JSON text of an order is among bytes, without its last brace. */
export interface OrderBytes {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly from: number;
  /** Where its items end. */
  readonly itemsEnd: number;
  readonly to: number;
}

/** Where the id of an order is in its text. */
export const ID_AT = '{"id":"'.length;
export const ID_LENGTH = "01234567-89ab-cdef-0123-456789abcdef".length;
/** Where its time is. */
export const PLACED_AT = ID_AT + ID_LENGTH + '","placedAt":"'.length;
/** Where its items are. */
export const ITEMS_AT = PLACED_AT + PLACED_AT_LENGTH + '","items":'.length;

/** Whether JSON text, of ours, begins at a byte as that of an order does. */
export function beginsAsOrder(json: Uint8Array, from: number): boolean {
  return (
    json[from + ID_AT - 1] === QUOTE &&
    json[from + ID_AT + ID_LENGTH] === QUOTE &&
    json[from + PLACED_AT + PLACED_AT_LENGTH] === QUOTE &&
    json[from + ITEMS_AT] === BRACKET
  );
}

/** Where the items of an order end whose text is between two bytes, as {@link beginsAsOrder} says; at most `to`. */
export function itemsEndIn(json: Uint8Array, from: number, to: number): number {
  if (json[to - 1] === CLOSING_BRACKET) return to;
  let at = from + ITEMS_AT;
  do at = stringEnd(json, at + 1, to);
  while (json[at] === COMMA);
  return at + 1;
}

/** Where a field of a text ends if it stands at a byte, after its comma; else `at`. */
export function fieldEnd(
  name: keyof typeof FIELD_STARTS,
  json: Uint8Array,
  at: number,
  to: number,
): number {
  const start = FIELD_STARTS[name];
  return holds(json, at, start) ? stringEnd(json, at + start.length - 1, to) : at;
}

/** Whether a text stands at a byte. */
export function holds(bytes: Uint8Array, at: number, text: Uint8Array): boolean {
  for (let index = 0; index < text.length; index++) {
    if (bytes[at + index] !== text[index]) return false;
  }
  return true;
}

/** Where a string ends whose first quote is at a byte. */
function stringEnd(json: Uint8Array, at: number, to: number): number {
  let end = at + 1;
  for (; end < to && json[end] !== QUOTE; end++) if (json[end] === BACKSLASH) end++;
  return end + 1;
}

const FIELDS = ["for", "note", "traceparent", ...CLOSING_FIELDS] as const;
const FIELD_STARTS = Object.fromEntries(
  FIELDS.map((name) => [name, Buffer.from(`,"${name}":"`)]),
) as Record<(typeof FIELDS)[number], Buffer>;
const QUOTE = '"'.charCodeAt(0);
const COMMA = ",".charCodeAt(0);
const BACKSLASH = "\\".charCodeAt(0);
const BRACKET = "[".charCodeAt(0);
const CLOSING_BRACKET = "]".charCodeAt(0);

/**
 * The time that stands at a byte, in the form of {@link Order.placedAt}, as a number: the later, the larger. Also of
 * a day that does not exist. No text is made of it.
 */
export function timeAt(bytes: Uint8Array, at: number): number {
  const two = (index: number) =>
    (bytes[at + index] as number) * 10 + (bytes[at + index + 1] as number) - 11 * ZERO;
  const days = ((two(0) * 100 + two(2)) * 12 + two(5)) * 31 + two(8);
  const seconds = (two(11) * 60 + two(14)) * 60 + two(17);
  return days * DAY_MS + seconds * 1000 + two(20) * 10 + (bytes[at + LAST_DIGIT] as number) - ZERO;
}

/** The same of a text. */
export function timeOf(placedAt: string): number {
  return timeAt(Buffer.from(placedAt, "latin1"), 0);
}

const ZERO = "0".charCodeAt(0);
const LAST_DIGIT = PLACED_AT_LENGTH - 2;
const DAY_MS = 24 * 60 * 60 * 1000;
