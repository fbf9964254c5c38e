import type { ServerLocation } from "./connection/server-location.js";

/** What the messages beside the orders are about; each kind has subjects of its own. */
export const PARKING_KINDS = ["parked", "retry", "attempts"] as const;
export type ParkingKind = (typeof PARKING_KINDS)[number];

/** The subject of one order. */
export function orderSubject({ prefix }: ServerLocation, id: string): string {
  return `${prefix}.order-created.${id}`;
}

/** The subject of all orders. */
export function allOrders(location: ServerLocation): string {
  return orderSubject(location, "*");
}

/** What a subscription records about one order; `*` is all subscriptions, or all orders. */
export function parkingSubject(
  { prefix }: ServerLocation,
  kind: ParkingKind,
  name: string,
  id: string,
): string {
  return `${prefix}.${kind}.${tokenOf(name)}.${id}`;
}

/** The id of an order: the last token of any subject. */
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
