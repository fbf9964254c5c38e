import type { Delivery } from "../store/order-feed.js";
import type { Middleware } from "./handler.js";

/** Has what does not match acknowledged without being handled. */
export function only(matches: (delivery: Delivery) => boolean): Middleware {
  return (next) => async (delivery, signal) => {
    if (matches(delivery)) await next(delivery, signal);
  };
}
