import { cancellationProblem, type Order, orderProblem } from "../../../domain/order.js";
import { parkingKey } from "../../order-feed.js";
import type { StoredRecord } from "../../subscription/ports.js";

/** What is parked, as `subscriptions/<name>.parked/<key>.json` has it. */
export type ParkedDocument = Omit<StoredRecord, "subscription">;

/** @throws {Error} what is wrong with it: it is not what is parked under the key. */
export function decodeParked(key: string, value: unknown): ParkedDocument {
  const { event, order, reason, attempts, parkedAt, number, retryAttempts } = (value ??
    {}) as Partial<ParkedDocument>;
  const problem =
    orderProblem(order) ??
    (event === "order-cancelled" ? cancellationProblem(order as Order) : unknownEvent(event));
  if (problem !== undefined) throw new Error(`not a parked order: ${problem}`);
  const counts = [attempts, number, retryAttempts];
  if (
    typeof reason !== "string" ||
    typeof parkedAt !== "string" ||
    !counts.every((count) => Number.isSafeInteger(count))
  ) {
    throw new Error("not a parked order: reason, attempts, time or number is missing");
  }
  const document = { event, order, reason, attempts, parkedAt, number, retryAttempts };
  const own = parkingKey(document as ParkedDocument);
  if (own !== key) throw new Error(`not this order, but ${own}`);
  return document as ParkedDocument;
}

function unknownEvent(event: string | undefined): string | undefined {
  return event === "order-created" ? undefined : "its event is unknown";
}
