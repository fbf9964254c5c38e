import type { Registry } from "../bus/types.js";
import type { Commands } from "../domain/commands.js";
import type { Events } from "../domain/events.js";
import type { CopyTarget, OrderRepository } from "../store/order-store.js";
import { closeOrder } from "./close-order.js";
import { importOrders } from "./import-orders.js";
import { notifySales, type SalesDesk } from "./notify-sales.js";
import { orderClosed } from "./order-closed.js";
import { orderCreated } from "./order-created.js";
import { ordersImported } from "./orders-imported.js";
import { placeOrder } from "./place-order.js";

/** The whole flow: the handlers of every message. A missing command does not compile. */
export function registry(deps: HandlerDeps): Registry<Commands, Events> {
  return {
    commands: {
      "place-order": placeOrder(deps),
      "cancel-order": closeOrder("cancelled", deps),
      "complete-order": closeOrder("done", deps),
      "import-orders": importOrders(deps),
      "notify-sales": notifySales(deps),
    },
    events: {
      "order-created": [orderCreated()],
      "order-cancelled": [orderClosed()],
      "order-completed": [orderClosed()],
      "orders-imported": [ordersImported()],
    },
  };
}

/** The dependencies of the handlers. */
export interface HandlerDeps {
  readonly orders: Pick<OrderRepository, "save" | "saveIfNew" | "closeOrder">;
  /** Always the same one: it has read what is stored. */
  readonly copyTarget: () => Promise<CopyTarget>;
  readonly salesDesk: SalesDesk;
  readonly now: () => Date;
}
