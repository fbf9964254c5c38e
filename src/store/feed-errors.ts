import { OrdersError } from "../errors.js";

/** A subscription cannot have this name. */
export function invalidSubscriptionName(name: string): OrdersError {
  return new OrdersError("invalid-usage", `a subscription cannot be named '${name}'`, {
    hint: "use up to 64 of a-z, 0-9, '.', '_' and '-', beginning with a letter or a digit",
  });
}

/** Somebody else is subscribed: `holder`, if it is known who. */
export function subscriptionBusy(name: string, holder = "somebody else"): OrdersError {
  return new OrdersError("subscription-busy", `${holder} is watching as '${name}' already`, {
    hint: "stop it first, or watch by another name: here one at a time can use a name",
  });
}

/** There is no such subscription. */
export function noSubscription(name: string): OrdersError {
  return new OrdersError("not-found", `no subscription '${name}'`, {
    hint: "see orders subscriptions",
  });
}

/** There is no such order to begin with. */
export function noSuchOrder(id: string): OrdersError {
  return new OrdersError("not-found", `no order ${id} to begin with`);
}

/** The order is not parked there. */
export function notParked(name: string, id: string): OrdersError {
  return new OrdersError("not-found", `order ${id} is not parked by '${name}'`, {
    hint: "see orders parked",
  });
}
