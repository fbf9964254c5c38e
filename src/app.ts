import { MessageBus } from "./bus/message-bus.js";
import type { DeliverOptions } from "./deliver.js";
import type { Commands, PlacedOrder } from "./domain/commands.js";
import type { Events } from "./domain/events.js";
import type { SalesDesk } from "./handlers/notify-sales.js";
import { registry } from "./handlers/registry.js";
import { type OpenStoreOptions, openStore } from "./store/open-store.js";
import type { Delivery, FeedOptions } from "./store/order-feed.js";
import type { OrderStore } from "./store/order-store.js";

/**
 * Puts an application together: a store, a bus, and the handlers between them.
 *
 * @example
 * const orders = await openOrders({ store: "./orders" });
 * orders.bus.subscribe("order-created", ({ payload: { order } }) => reserveStock(order.items));
 * await orders.placeOrder(["100 inch TV", "magic carpet"]);
 * await orders.close();
 */
export async function openOrders(options: OpenOrdersOptions): Promise<Orders> {
  const { salesDesk = () => {}, now = () => new Date() } = options;
  const store =
    typeof options.store === "string" ? await openStore(options.store, options) : options.store;
  const bus: OrdersBus = new MessageBus(registry({ orders: store, salesDesk, now }));
  return {
    store,
    bus,
    placeOrder: (items, id) => bus.send("place-order", { items, ...(id !== undefined && { id }) }),
    async *deliveries(feedOptions) {
      yield* (await store.feed()).subscribe(feedOptions);
    },
    async deliver(deliverOptions) {
      const { deliverOrders } = await import("./deliver.js");
      await deliverOrders(await store.feed(), bus, deliverOptions);
    },
    close: () => store.close(),
  };
}

/** The options of {@link openOrders}. */
export interface OpenOrdersOptions extends OpenStoreOptions {
  /** Where orders are kept: a location, or a store of your own. */
  readonly store: string | OrderStore;
  /** Notifies the sales desk; unless given, nobody is notified. */
  readonly salesDesk?: SalesDesk;
  /** The clock; the system's unless given. */
  readonly now?: () => Date;
}

/** A running application: a store, a bus, and the handlers between them. */
export interface Orders {
  readonly store: OrderStore;
  readonly bus: OrdersBus;
  /**
   * Places an order: sends PlaceOrder and resolves once it is stored and every handler has finished.
   *
   * @param id the order's id, so that placing again is safe: see {@link PlaceOrder}.
   * @throws {OrdersError} `invalid-order`, `conflict`, `store-failed` or `server-failed`: nothing was
   *   stored; `outcome-unknown`: it may be, `orderId` says under which id; `notification-failed`: the
   *   order is stored, but a handler failed.
   */
  placeOrder(items: readonly string[], id?: string): Promise<PlacedOrder>;
  /**
   * Subscribes to the stored orders: those that are waiting, then each new one. Acknowledge each with
   * `ack()`. See {@link OrderFeed.subscribe}.
   */
  deliveries(options?: FeedOptions): AsyncIterable<Delivery>;
  /**
   * Subscribes to the stored orders and publishes OrderCreated on the bus for each, until `signal` is
   * aborted or, with `untilCaughtUp`, none is waiting. Not for the program that places the
   * orders: its handlers already get each one from `placeOrder`, and would get it twice.
   */
  deliver(options?: DeliverOptions): Promise<void>;
  /** Waits for pending work and closes the store. */
  close(): Promise<void>;
}

/** The bus of this program: it carries {@link Commands} and {@link Events}. */
export type OrdersBus = MessageBus<Commands, Events>;
