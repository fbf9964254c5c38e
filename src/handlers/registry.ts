import type { Registry } from "../bus/types.js";
import type { Commands } from "../domain/commands.js";
import type { Events } from "../domain/events.js";
import type { OrderRepository } from "../store/order-store.js";
import { notifySales, type SalesDesk } from "./notify-sales.js";
import { orderCreated } from "./order-created.js";
import { placeOrder } from "./place-order.js";

/** What the handlers depend on. */
export interface HandlerDeps {
  readonly orders: OrderRepository;
  readonly salesDesk: SalesDesk;
  readonly now: () => Date;
}

/** The whole flow: who handles what. A command that is missing here does not compile. */
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
