import type { Registry } from "../bus/types.js";
import type { Commands } from "../domain/commands.js";
import type { Events } from "../domain/events.js";
import type { OrderRepository } from "../store/order-store.js";
import { notifySales, type SalesDesk } from "./notify-sales.js";
import { orderCreated } from "./order-created.js";
import { placeOrder } from "./place-order.js";

/** The whole flow: the handlers of every message. A missing command does not compile. */
export function registry(deps: HandlerDeps): Registry<Commands, Events> {
  return {
    commands: {
      "place-order": placeOrder(deps),
      "notify-sales": notifySales(deps),
    },
    events: {
      "order-created": [orderCreated()],
    },
  };
}

/** The dependencies of the handlers. */
export interface HandlerDeps {
  readonly orders: Pick<OrderRepository, "save" | "saveIfNew">;
  readonly salesDesk: SalesDesk;
  readonly now: () => Date;
}
