import { type Closing, closingFields, closingProblem } from "../../../domain/closing.js";
import { type Order, orderFields, orderProblem } from "../../../domain/order.js";
import { escapeUnsafe } from "../../../domain/printable.js";
import type { Damage } from "../../order-store.js";
import { OrderJson, plainOrder } from "../../records/order-json.js";
import type { OrderRecord } from "../../records/record.js";
import { idOf, kindOf, SHORT_ID_DIGITS } from "../server/subjects.js";

/** A message as the server stores it. */
export interface StoredMessage {
  /** Its number in the stream, from 1. */
  readonly seq: number;
  readonly subject: string;
  readonly data: Uint8Array;
  /** When it was stored, by the clock of the server. */
  readonly time: Date;
}

/** What a message of the stream of orders holds. */
export type DecodedRecord =
  | { readonly kind: "order"; readonly order: OrderJson; readonly isImported: boolean }
  | {
      readonly kind: "closing";
      readonly closing: Closing;
      readonly isImported: boolean;
    };

/** A record as a message's body: nobody can take what closes an order for one. */
export function encodeRecord(record: OrderRecord): string {
  if (record.kind === "closing") {
    return JSON.stringify({ closed: record.closing.id, ...closingFields(record.closing) });
  }
  const { order } = record;
  return order instanceof OrderJson ? order.placedJson : JSON.stringify(orderFields(order));
}

/** Decodes a message; `undefined`: in a shared stream it can be something else's. */
export function decodeRecord(
  stream: string,
  message: StoredMessage,
): DecodedRecord | Damage | undefined {
  const kind = kindOf(message.subject);
  if (kind === undefined) return undefined;
  const { isImported } = kind;
  if (kind.kind === "order") {
    const order = decodeOrder(stream, message);
    return isDamage(order) ? order : { kind: "order", order, isImported };
  }
  const closing = decodeClosing(stream, message);
  return isDamage(closing) ? closing : { kind: "closing", closing, isImported };
}

/** Decodes a message; one that is not an order, or not the one that its subject names, is damage. */
export function decodeOrder(stream: string, message: StoredMessage): OrderJson | Damage {
  const json = textOf(message.data);
  // Most are exactly that text, and are not parsed.
  const plain = plainOrder(json);
  if (plain !== undefined && names(message, plain.id)) return plain;
  const value = parsed(json);
  const problem = value === undefined ? "not JSON" : orderProblem(value);
  if (problem !== undefined) return damageOf(stream, message, `not an order: ${problem}`);
  const order = orderFields(value as Order);
  return names(message, order.id) ? OrderJson.of(order) : elsewhere(stream, message, order.id);
}

/** Decodes a message; one that closes no order, or not the one that its subject names, is damage. */
export function decodeClosing(stream: string, message: StoredMessage): Closing | Damage {
  const value = parsed(textOf(message.data));
  const { closed: id = "", ...fields } = (value ?? {}) as Omit<Closing, "id"> & { closed?: string };
  const problem = value === undefined ? "not JSON" : closingProblem({ ...fields, id });
  if (problem !== undefined) return damageOf(stream, message, `closes no order: ${problem}`);
  if (!names(message, id)) return elsewhere(stream, message, id);
  return { id, ...closingFields(fields) };
}

/** Whether decoding a message resulted in damage. */
export function isDamage(decoded: object): decoded is Damage {
  return "problem" in decoded;
}

/** Whether the subject of a message is one of an order. */
function names({ subject }: StoredMessage, id: string): boolean {
  return idOf(subject) === id && subject.endsWith(`.${id.slice(0, SHORT_ID_DIGITS)}.${id}`);
}

function elsewhere(stream: string, message: StoredMessage, id: string): Damage {
  return damageOf(stream, message, `order ${id} under another id`);
}

function damageOf(stream: string, { seq }: StoredMessage, problem: string): Damage {
  return { kind: "unreadable", location: `${stream}:${seq}`, problem: escapeUnsafe(problem) };
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Empty, which is no JSON, if it is not UTF-8. */
function textOf(data: Uint8Array): string {
  try {
    return utf8.decode(data);
  } catch {
    return "";
  }
}
