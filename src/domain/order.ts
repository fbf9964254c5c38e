import { isoTime } from "./iso-time.js";
import { safeJson } from "./printable.js";
import { isTraceparent } from "./traceparent.js";

/** An order. It is placed once and never edited; it is open until it is closed, once. */
export interface Order {
  /** A UUID of {@link https://www.rfc-editor.org/rfc/rfc9562#section-5 RFC 9562}, any version, lower case. */
  readonly id: string;
  /** When it was placed: ISO 8601, UTC, milliseconds, as `Date.prototype.toISOString` writes it. */
  readonly placedAt: string;
  /** One or more items, exactly as they were given. */
  readonly items: readonly string[];
  /** The customer, exactly as given; optional. */
  readonly for?: string | undefined;
  /** A note, exactly as given; optional. */
  readonly note?: string | undefined;
  /** The trace in which it was placed, a W3C `traceparent`; absent if there was none. */
  readonly traceparent?: string | undefined;
  /** When it was cancelled (form of {@link Order.placedAt}); absent unless it was. */
  readonly cancelledAt?: string | undefined;
  /** Why it was cancelled, exactly as given; optional. */
  readonly reason?: string | undefined;
  /** When it was completed (form of {@link Order.placedAt}); absent unless it was. */
  readonly completedAt?: string | undefined;
  /** What was said when it was completed, exactly as given; absent if nothing was. */
  readonly completionNote?: string | undefined;
}

/** What became of an order: it is open, or closed in one of these ways. */
export type OrderState = "open" | "cancelled" | "done";

/** What its customer says of an order: all but the id and the time that it is given. */
export type OrderContent = Pick<Order, "items" | "for" | "note">;

/** The most that an order can be as JSON, on any store: more is a mistake, and must still be read. */
export const MAX_ORDER_BYTES = 16 * 2 ** 20;
/** Id, time, trace and the names of all fields. */
const OTHER_FIELDS_BYTES = 208;
/** The form of {@link Order.id}. */
export const ID_FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
/** The form of {@link Order.placedAt}. */
export const PLACED_AT_FORM =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

/** How long {@link Order.placedAt} is. */
export const PLACED_AT_LENGTH = "2026-01-31T09:30:00.000Z".length;

/** Whether `text` is a complete order id. */
export function isOrderId(text: unknown): text is string {
  return typeof text === "string" && ID_FORM.test(text);
}

/**
 * What is wrong with the content of an order; `undefined` if it can be placed.
 *
 * Refused is only what cannot be meant or cannot be stored exactly: no items, a blank text, half a
 * surrogate pair (it has no UTF-8 form) and NUL (it cannot be an argument of a program); and what
 * cannot be passed on: a name or note of more than {@link MAX_TEXT_CHARACTERS} characters.
 */
function contentProblem(
  content: {
    readonly [Field in keyof OrderContent]?: unknown;
  },
): string | undefined {
  const { items } = content;
  if (!Array.isArray(items)) return "items are missing";
  if (items.length === 0) return "there are no items";
  let characters = 0; // UTF-16 code units
  for (const [index, item] of items.entries()) {
    const problem = textProblem(item);
    if (problem !== undefined) return `item ${index + 1} ${problem}`;
    characters += item.length + '"",'.length;
  }
  for (const name of ["for", "note"] as const) {
    const text = content[name];
    if (text === undefined) continue;
    const problem = remarkProblem(text);
    if (problem !== undefined) return `'${name}' ${problem}`;
    characters += (text as string).length;
  }
  // In JSON no character takes more than six bytes (\u0000), so most orders fit without being encoded.
  const fits =
    6 * characters + OTHER_FIELDS_BYTES <= MAX_ORDER_BYTES ||
    Buffer.byteLength(safeJson([items, content.for, content.note])) + OTHER_FIELDS_BYTES <=
      MAX_ORDER_BYTES;
  return fits ? undefined : "it is larger than 16 MiB";
}

/** A hook gets name, note and reason in its environment, where Linux takes no text of more than 128 KiB. */
const MAX_TEXT_CHARACTERS = 4096;

/** What is wrong with a name, note or reason, as the end of a sentence that begins with it. */
export function remarkProblem(text: unknown): string | undefined {
  const problem = textProblem(text);
  if (problem !== undefined) return problem;
  if ((text as string).length <= MAX_TEXT_CHARACTERS) return undefined;
  return `is longer than ${MAX_TEXT_CHARACTERS} characters`;
}

/** What is wrong with one text of an order, as the end of a sentence that begins with it. */
export function textProblem(text: unknown): string | undefined {
  if (typeof text !== "string") return "is not a string";
  if (text.trim() === "") return "is blank";
  if (text.includes("\0")) return "contains a NUL character";
  if (!text.isWellFormed()) return "contains half of a surrogate pair";
  return undefined;
}

/** Why `value` is not an {@link Order}; `undefined` if it is one. */
export function orderProblem(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "not an object";
  const { id, placedAt } = value as Partial<Record<keyof Order, unknown>>;
  if (!isOrderId(id)) return "id is not a lower-case UUID";
  if (typeof placedAt !== "string" || !PLACED_AT_FORM.test(placedAt)) {
    return "placedAt is not a UTC time such as 2026-01-31T09:30:00.000Z";
  }
  return contentProblem(value);
}

/** What an order was placed with: the fields, in their order, without those that it does not have. */
export function orderFields(order: Order): Order {
  const { id, placedAt, items, for: name, note, traceparent } = order;
  const fields: { -readonly [Field in keyof Order]: Order[Field] } = { id, placedAt, items };
  if (name !== undefined) fields.for = name; // spreading takes several times as long
  if (note !== undefined) fields.note = note;
  if (traceparent !== undefined && isTraceparent(traceparent)) fields.traceparent = traceparent;
  return fields;
}

/** The time as an order has it; `undefined` if the clock is not within the years 0 to 9999. */
export function placedAtOf(now: Date): string | undefined {
  const text = Number.isNaN(now.getTime()) ? "" : isoTime(now.getTime());
  return text.length === PLACED_AT_LENGTH ? text : undefined; // of another year it is longer
}

/** Conditions on an order; all that are given must hold. */
export interface OrderFilter {
  /** Placed at this time or later (same form as {@link Order.placedAt}). */
  readonly since?: string | undefined;
  /** Placed at this time or earlier (same form). */
  readonly until?: string | undefined;
  /** One of the items contains this text, ignoring case; of several texts each is in some item. */
  readonly item?: string | readonly string[] | undefined;
  /** It is for this name, ignoring case. */
  readonly for?: string | undefined;
  /** What became of it; unless given, anything but that it was cancelled. */
  readonly state?: OrderState | "any" | undefined;
}

/** Whether a filter has no condition on what an order was placed with. */
export function isUnconditional({ state: _, ...conditions }: OrderFilter): boolean {
  return Object.values(conditions).every((condition) => condition === undefined);
}

/** In what two orders differ but for id and time: the first such field; `undefined`: in nothing. */
export function contentDifference(
  one: OrderContent,
  other: OrderContent,
): keyof OrderContent | undefined {
  const areSameItems =
    one.items.length === other.items.length &&
    one.items.every((item, index) => item === other.items[index]);
  if (!areSameItems) return "items";
  return (["for", "note"] as const).find((field) => one[field] !== other[field]);
}

/**
 * What a filter says of how an order was placed, as a predicate with everything prepared that does not depend on the
 * order.
 */
export function orderMatcher(filter: OrderFilter): (order: Order) => boolean {
  const { since, until, item = [] } = filter;
  const wanted = [item].flat().map(foldCase);
  const name = filter.for === undefined ? undefined : foldCase(filter.for);
  return (order) =>
    (since === undefined || order.placedAt >= since) &&
    (until === undefined || order.placedAt <= until) &&
    (name === undefined || (order.for !== undefined && foldCase(order.for) === name)) &&
    (wanted.length === 0 || containsAll(order.items.map(foldCase), wanted));
}

function containsAll(texts: readonly string[], wanted: readonly string[]): boolean {
  return wanted.every((part) => texts.some((text) => text.includes(part)));
}

/**
 * A text in which case makes no difference. Capitals first: only they are the same for ß and SS. A dot
 * above an i is part of the letter, and the sigma at the end of a word is one.
 */
export function foldCase(text: string): string {
  const folded = text.normalize("NFC").toUpperCase().toLowerCase().normalize("NFC");
  return folded.replaceAll("i\u0307", "i").replaceAll("ς", "σ");
}
