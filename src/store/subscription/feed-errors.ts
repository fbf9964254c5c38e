import { OrdersError } from "../../errors.js";
import { type FeedOptions, isSubscriptionName } from "../order-feed.js";

/** @throws {OrdersError} `invalid-usage` if the name or the batch is not one. */
export function checkFeedOptions({ subscription, batch = 1 }: FeedOptions): void {
  if (subscription !== undefined) checkSubscriptionName(subscription);
  if (Number.isSafeInteger(batch) && batch >= 1) return;
  throw new OrdersError("invalid-usage", `batch must be a whole number of 1 or more, not ${batch}`);
}

/** @throws {OrdersError} `invalid-usage` if no subscription can have this name. */
export function checkSubscriptionName(name: string): void {
  if (isSubscriptionName(name)) return;
  throw new OrdersError("invalid-usage", `invalid subscription name '${name}'`, {
    hint: "use up to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or a digit; Windows devices (nul, com1) are reserved",
  });
}

/** The subscription has a subscriber: `holder`, if known. */
export function subscriptionBusy(name: string, holder?: string): OrdersError {
  return new OrdersError(
    "subscription-busy",
    `${holder || "another process"} is already watching as '${name}'`,
    {
      hint: "stop it first, or use another name: in this store a name has one watcher at a time",
    },
  );
}

/** There is no such subscription. */
export function noSubscription(name: string): OrdersError {
  return new OrdersError("subscription-not-found", `no subscription '${name}'`);
}

/** The subscription was removed while it had a subscriber. */
export function subscriptionRemoved(name: string): OrdersError {
  return new OrdersError("subscription-not-found", `subscription '${name}' was removed`, {
    subscription: name,
  });
}

/** There is no such order to start from. */
export function noSuchOrder(id: string): OrdersError {
  return new OrdersError("order-not-found", `no order ${id} to start from`, { orderId: id });
}

/** The order is not parked there. */
export function notParked(name: string, id: string): OrdersError {
  return new OrdersError("not-parked", `order ${id} is not parked by '${name}'`, { orderId: id });
}
