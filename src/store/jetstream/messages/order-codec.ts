import {
  type Cancellation,
  cancellationProblem,
  type Order,
  orderFields,
  orderProblem,
} from "../../../domain/order.js";
import { escapeUnsafe } from "../../../domain/printable.js";
import { OrderJson, plainOrder } from "../../order-json.js";
import type { Damage, StoreAs } from "../../order-store.js";
import { idOf } from "../server/subjects.js";

/** A message as the server stores it. */
export interface StoredMessage {
  /** Its number in the stream, from 1. */
  readonly seq: number;
  readonly subject: string;
  readonly data: Uint8Array;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** An order as a message's body. */
export function encodeOrder(order: Order, { isImported }: StoreAs = {}): string {
  return JSON.stringify({ ...orderFields(order), ...(isImported && { imported: true }) });
}

/** Whether a message is marked as one of which no subscription is told: its last field says so. */
export function isImported({ data }: StoredMessage): boolean {
  return Buffer.from(data.buffer, data.byteOffset, data.length)
    .subarray(-IMPORTED.length)
    .equals(IMPORTED);
}

/** In a JSON text its quotes cannot be those of an item: they are escaped. */
const IMPORTED_END = ',"imported":true}';
const IMPORTED = Buffer.from(IMPORTED_END);

/** A cancellation as a message's body, which nobody can take for an order. */
export function encodeCancellation(
  { id, cancelledAt, reason }: Cancellation,
  { isImported }: StoreAs = {},
): string {
  return JSON.stringify({
    cancelled: id,
    cancelledAt,
    ...(reason !== undefined && { reason }),
    ...(isImported && { imported: true }),
  });
}

/** Decodes a message; one that is not a cancellation, or not of the order that its subject names, is damage. */
export function decodeCancellation(stream: string, message: StoredMessage): Cancellation | Damage {
  const damage = (problem: string) => damageOf(stream, message, `not a cancellation: ${problem}`);
  let value: { cancelled?: unknown; cancelledAt?: unknown; reason?: unknown };
  try {
    value = JSON.parse(textOf(message.data)) ?? {};
  } catch {
    return damage("not JSON");
  }
  const { cancelled: id, cancelledAt, reason } = value;
  const problem = cancellationProblem({ id, cancelledAt, reason });
  if (problem !== undefined) return damage(problem);
  if (idOf(message.subject) !== id) return damage(`order ${id} under another id`);
  return { id, cancelledAt, ...(reason !== undefined && { reason }) } as Cancellation;
}

function damageOf(stream: string, { seq }: StoredMessage, problem: string): Damage {
  return { location: `${stream}:${seq}`, problem: escapeUnsafe(problem) };
}

/** Decodes a message; one that is not an order, or not the one that its subject names, is damage. */
export function decodeOrder(
  stream: string,
  message: StoredMessage,
  json = textOf(message.data),
): Order | Damage {
  const damage = (problem: string) => damageOf(stream, message, problem);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    return damage("not an order: not JSON");
  }
  const problem = orderProblem(value);
  if (problem !== undefined) return damage(`not an order: ${problem}`);
  const order = orderFields(value as Order);
  if (idOf(message.subject) !== order.id) return damage(`order ${order.id} under another id`);
  return order;
}

/** The same as JSON text. Most messages are exactly that text, and are not parsed. */
export function decodeOrderJson(stream: string, message: StoredMessage): OrderJson | Damage {
  const text = textOf(message.data);
  const json = text.endsWith(IMPORTED_END) ? `${text.slice(0, -IMPORTED_END.length)}}` : text;
  const plain = plainOrder(json);
  if (plain !== undefined && idOf(message.subject) === plain.id) return plain;
  const decoded = decodeOrder(stream, message, json);
  return isDamage(decoded) ? decoded : OrderJson.of(decoded);
}

/** Empty, which is no JSON, if it is not UTF-8. */
function textOf(data: Uint8Array): string {
  try {
    return utf8.decode(data);
  } catch {
    return "";
  }
}

/** Whether decoding a message resulted in damage. */
export function isDamage(decoded: object): decoded is Damage {
  return "problem" in decoded;
}
