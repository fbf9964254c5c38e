import { PLACED_AT_LENGTH } from "../../domain/order.js";
import { holds, ID_AT, ID_LENGTH, ITEMS_AT, PLACED_AT } from "../../store/records/order-bytes.js";
import { endOfPlainText } from "./plain-text.js";

/**
 * Where an order ends that begins at `from` and can be stored as it is: byte for byte as `OrderJson.of` writes it, and
 * not cancelled; -1: there is none, or it is written in another way.
 *
 * @param itemsEnd where its items have to end, if that is known.
 */
export function endOfPlainOrder(bytes: Uint8Array, from: number, itemsEnd = 0): number {
  if (!holds(bytes, from, BEFORE_ID) || !isId(bytes, from + ID_AT)) return -1;
  if (!holds(bytes, from + ID_AT + ID_LENGTH, BEFORE_TIME)) return -1;
  if (!isTime(bytes, from + PLACED_AT)) return -1;
  if (!holds(bytes, from + PLACED_AT + PLACED_AT_LENGTH, BEFORE_ITEMS)) return -1;
  let at = from + ITEMS_AT;
  do {
    at = endOfPlainText(bytes, at + 1); // behind a bracket or a comma
    if (at < 0) return -1;
  } while (bytes[at] === COMMA);
  if (bytes[at++] !== END_OF_ITEMS || (itemsEnd > 0 && at !== itemsEnd)) return -1;
  at = endOfRemark(bytes, at, BEFORE_NAME);
  if (at > 0) at = endOfRemark(bytes, at, BEFORE_NOTE);
  return at > 0 && bytes[at] === END && at - from < MOST_BYTES ? at + 1 : -1;
}

/** Longer ones are rare, and the limits on texts hold for all others without being looked at. */
const MOST_BYTES = 4096;
/** What stands in an order before its id, and so on. */
export const BEFORE_ID = Buffer.from('{"id":"');
export const BEFORE_TIME = Buffer.from('","placedAt":"');
const BEFORE_ITEMS = Buffer.from('","items":[');
export const BEFORE_NAME = Buffer.from(',"for":');
export const BEFORE_NOTE = Buffer.from(',"note":');
const COMMA = 0x2c;
const END_OF_ITEMS = 0x5d;
const END = 0x7d;

/** Behind a name or note, if there is one. */
function endOfRemark(bytes: Uint8Array, at: number, name: Uint8Array): number {
  return holds(bytes, at, name) ? endOfPlainText(bytes, at + name.length) : at;
}

/** Whether there is an id, as in `ID_FORM`. */
function isId(bytes: Uint8Array, from: number): boolean {
  for (let index = 0; index < ID_LENGTH; index++) {
    const byte = bytes[from + index] as number;
    const isDash = index === 8 || index === 13 || index === 18 || index === 23;
    if (isDash ? byte !== DASH : !isDigit(byte) && !(byte >= A && byte <= F)) return false;
  }
  const version = bytes[from + 14] as number;
  const variant = bytes[from + 19] as number;
  return (
    version >= ONE &&
    version <= EIGHT &&
    ((variant & ~1) === EIGHT || variant === A || variant === B)
  );
}

/** Whether there is a time, as in `PLACED_AT_FORM`, of a day that exists. */
function isTime(bytes: Uint8Array, from: number): boolean {
  for (let index = 0; index < TIME.length; index++) {
    const byte = bytes[from + index] as number;
    const form = TIME[index] as number;
    if (form === ZERO ? !isDigit(byte) : byte !== form) return false;
  }
  const month = twoDigits(bytes, from + 5);
  const day = twoDigits(bytes, from + 8);
  // 29 February is left to who knows leap years.
  const days =
    month === 2 ? 28 : month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return (
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    day <= days &&
    twoDigits(bytes, from + 11) < 24 &&
    twoDigits(bytes, from + 14) < 60 &&
    twoDigits(bytes, from + 17) < 60
  );
}

const TIME = Buffer.from("0000-00-00T00:00:00.000Z");

function twoDigits(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) - ZERO) * 10 + (bytes[at + 1] as number) - ZERO;
}

function isDigit(byte: number): boolean {
  return byte >= ZERO && byte <= NINE;
}

const DASH = 0x2d;
const ZERO = 0x30;
const ONE = 0x31;
const EIGHT = 0x38;
const NINE = 0x39;
const A = 0x61;
const B = 0x62;
const F = 0x66;
