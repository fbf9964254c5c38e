import { escapeUnsafe } from "../../../domain/printable.js";
import { idOfParkingKey, isSubscriptionName } from "../../order-feed.js";
import type { Damage } from "../../order-store.js";
import type { StoredMessage } from "../messages/order-codec.js";
import { idOf, subscriptionOf } from "../server/subjects.js";
import { type DeliverFrom, FROM_START, fromSeq } from "./consumer-config.js";

/** What is stored of a parked order; the order itself is in the stream of orders. */
export interface ParkedEntry {
  /** The order's number in the stream of orders. */
  readonly seq: number;
  readonly reason: string;
  readonly attempts: number;
  readonly parkedAt: string;
}

/** Decodes a parked order; what is not one is damage. */
export function decodeParked(stream: string, message: StoredMessage): ParkedEntry | Damage {
  const { seq, reason, attempts, parkedAt } = fieldsOf(message);
  const name = subscriptionOf(message.subject);
  if (!isSubscriptionName(name)) {
    return parkedDamage(stream, message, `no subscription can be named '${name}'`);
  }
  if (!isCount(seq) || !isCount(attempts) || typeof reason !== "string" || !isTime(parkedAt)) {
    return parkedDamage(stream, message, "number, reason, attempts or time is missing");
  }
  return { seq, reason, attempts, parkedAt };
}

/** What is wrong with a message of the parked orders, and how to be rid of it. */
export function parkedDamage(
  stream: string,
  { seq, subject }: StoredMessage,
  problem: string,
): Damage {
  const [name, id] = [subscriptionOf(subject), idOfParkingKey(idOf(subject))];
  const canDrop = isSubscriptionName(name) && id !== undefined;
  const fix = canDrop ? `; to drop it: orders parked drop ${id} --as ${name}` : "";
  return {
    location: `${stream}:${seq}`,
    problem: escapeUnsafe(`not a parked order: ${problem}${fix}`),
  };
}

/** Decodes how many attempts the server's delivery count lacks, or has too many; what is not a number counts none. */
export function decodeExtraAttempts(message: StoredMessage): number {
  const { count } = fieldsOf(message);
  return Number.isSafeInteger(count) ? (count as number) : 0;
}

/** Decodes where a subscription is to begin; what is no number of a message is the beginning. */
export function decodeStart(message: StoredMessage): DeliverFrom {
  const { opt_start_seq: seq } = fieldsOf(message);
  return isCount(seq) ? fromSeq(seq) : FROM_START;
}

function fieldsOf({ data }: StoredMessage): Partial<Record<string, unknown>> {
  try {
    return JSON.parse(new TextDecoder().decode(data)) ?? {};
  } catch {
    return {};
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isTime(value: unknown): value is string {
  const time = typeof value === "string" ? new Date(value) : undefined;
  return time !== undefined && !Number.isNaN(time.getTime()) && time.toISOString() === value;
}
