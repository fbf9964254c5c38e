import { type Order, orderProblem } from "../../domain/order.js";
import { escapeUnsafe } from "../../domain/printable.js";
import type { Damage } from "../order-store.js";
import { idOf } from "./subjects.js";

/** A message as the server stores it. */
export interface StoredMessage {
  /** Its number in the stream, from 1. */
  readonly seq: number;
  readonly subject: string;
  readonly data: Uint8Array;
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** An order as a message's body. */
export function encodeOrder({ id, placedAt, items }: Order): string {
  return JSON.stringify({ id, placedAt, items });
}

/** Decodes a message; one that is not an order, or not the one that its subject names, is damage. */
export function decodeOrder(stream: string, message: StoredMessage): Order | Damage {
  const damage = (problem: string) => ({
    location: `${stream}:${message.seq}`,
    problem: escapeUnsafe(problem),
  });
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(message.data));
  } catch {
    return damage("not an order: not JSON");
  }
  const problem = orderProblem(value);
  if (problem !== undefined) return damage(`not an order: ${problem}`);
  const { id, placedAt, items } = value as Order;
  if (idOf(message.subject) !== id) return damage(`order ${id} under another id`);
  return { id, placedAt, items };
}

/** Whether decoding a message resulted in damage. */
export function isDamage(decoded: object): decoded is Damage {
  return "problem" in decoded;
}
