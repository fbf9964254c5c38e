import type { FeedEvent } from "../../order-feed.js";
import type { ServerLocation } from "./server-location.js";

/** What the messages beside the orders are about; each kind has subjects of its own. */
export const PARKING_KINDS = ["parked", "retry", "attempts"] as const;
export type ParkingKind = (typeof PARKING_KINDS)[number];

/** All subjects of a stream. */
export const EVERY_SUBJECT = ">";

/** The subject of one order. */
export function orderSubject({ prefix }: ServerLocation, id: string): string {
  return `${prefix}.order-created.${id}`;
}

/** The subject of the cancellation of one order. */
export function cancellationSubject({ prefix }: ServerLocation, id: string): string {
  return `${prefix}.order-cancelled.${id}`;
}

/** The subject of all orders. */
export function allOrders(location: ServerLocation): string {
  return orderSubject(location, "*");
}

/** The subject of all cancellations. */
export function allCancellations(location: ServerLocation): string {
  return cancellationSubject(location, "*");
}

/** The subject of both, and of nothing else of ours: servers before 2.10 filter by no more than one. */
export function allEvents({ prefix }: ServerLocation): string {
  return `${prefix}.*.*`;
}

/** The event that a message is about; `undefined`: in a shared stream it can be something else's. */
export function eventOf(subject: string): FeedEvent | undefined {
  const topic = subject.split(".").at(-2);
  return topic === "order-created" || topic === "order-cancelled" ? topic : undefined;
}

/** What a subscription records under a parking key; `*` is all subscriptions, or all keys. */
export function parkingSubject(
  { prefix }: ServerLocation,
  kind: ParkingKind,
  name: string,
  key: string,
): string {
  return `${prefix}.${kind}.${tokenOf(name)}.${key}`;
}

/** Whether a subject is one of a pattern's, in which each `*` is one token; made of what a location allows. */
export function subjectMatcher(pattern: string): (subject: string) => boolean {
  const form = new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", "[^.]+")}$`);
  return (subject) => form.test(subject);
}

/** The id of an order, or a parking key: the last token of a subject. */
export function idOf(subject: string): string {
  return subject.slice(subject.lastIndexOf(".") + 1);
}

/** The subscription that a parking subject names. */
export function subscriptionOf(subject: string): string {
  return nameOf(subject.split(".").at(-2) ?? "");
}

/** The name of a subscription as one token of a subject, and the name of its consumers. */
export function tokenOf(name: string): string {
  return name.replaceAll(".", "=");
}

/** The subscription of a consumer's name. */
export function nameOf(token: string): string {
  return token.replaceAll("=", ".");
}
