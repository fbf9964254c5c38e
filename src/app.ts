/// <reference lib="esnext.disposable" preserve="true" />
import { MessageBus } from "./bus/message-bus.js";
import type { DeliverOptions } from "./delivery/deliver.js";
import type { ClosedResult, Commands, PlacedOrder, PlaceOrder } from "./domain/commands.js";
import type { Events } from "./domain/events.js";
import { takeRandomBytesFrom } from "./domain/new-id.js";
import type { SalesDesk } from "./handlers/notify-sales.js";
import { registry } from "./handlers/registry.js";
import { type OpenStoreOptions, openStore } from "./store/open-store.js";
import type { Delivery, FeedOptions } from "./store/order-feed.js";
import type { CopyTarget, OrderStore } from "./store/order-store.js";
import { PendingWork } from "./store/pending-work.js";
import { randomBytes } from "./store/random-bytes.js";

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
  let target: Promise<CopyTarget> | undefined;
  const copyTarget = () => {
    target ??= openTarget(store).catch((error) => {
      target = undefined;
      throw error;
    });
    return target;
  };
  const bus: OrdersBus = new MessageBus(registry({ orders: store, copyTarget, salesDesk, now }));
  return new Application(store, bus, copyTarget);
}

takeRandomBytesFrom(randomBytes);

class Application implements Orders {
  readonly store: OrderStore;
  readonly bus: OrdersBus;
  readonly #copyTarget: () => Promise<CopyTarget>;
  readonly #work = new PendingWork();
  /** Ends what {@link deliver} does. Made when one begins: to place an order takes none. */
  #closing: AbortController | undefined;

  constructor(store: OrderStore, bus: OrdersBus, copyTarget: () => Promise<CopyTarget>) {
    this.store = store;
    this.bus = bus;
    this.#copyTarget = copyTarget;
  }

  async placeOrder(
    items: readonly string[],
    details: PlaceOrderDetails = {},
  ): Promise<PlacedOrder> {
    return this.#work.run(() => this.bus.send("place-order", { items, ...details }));
  }

  async cancelOrder(id: string, reason?: string): Promise<ClosedResult<"cancelled">> {
    const command = { id, ...(reason !== undefined && { reason }) };
    return this.#work.run(() => this.bus.send("cancel-order", command));
  }

  async completeOrder(id: string, completionNote?: string): Promise<ClosedResult<"done">> {
    const command = { id, ...(completionNote !== undefined && { completionNote }) };
    return this.#work.run(() => this.bus.send("complete-order", command));
  }

  async *deliveries(options: FeedOptions = {}): AsyncGenerator<Delivery, void> {
    this.#work.assertOpen();
    const feed = await this.store.feed();
    yield* feed.subscribe(options);
  }

  async deliver(options: DeliverOptions = {}): Promise<void> {
    this.#closing ??= new AbortController();
    const closing = this.#closing.signal;
    const own = { ...options, signal: AbortSignal.any([closing, options.signal ?? closing]) };
    await this.#work.run(async () => {
      const { deliverOrders } = await import("./delivery/deliver.js");
      await deliverOrders(await this.store.feed(), this.bus, own);
    });
  }

  async copyTarget(): Promise<CopyTarget> {
    return this.#work.run(this.#copyTarget);
  }

  async close(): Promise<void> {
    this.#closing?.abort();
    await this.#work.close();
    await this.store.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Loaded only to import or copy. */
async function openTarget(store: OrderStore): Promise<CopyTarget> {
  const { openCopyTarget } = await import("./transfer/copy-target.js");
  return openCopyTarget(store);
}

/** The options of {@link openOrders}. */
export interface OpenOrdersOptions extends OpenStoreOptions {
  /** Where orders are kept: a location, or a store of your own. */
  readonly store: string | OrderStore;
  /** Notifies the sales desk; by default no one is notified. */
  readonly salesDesk?: SalesDesk;
  /** The clock; the system's unless given. */
  readonly now?: () => Date;
}

/** What a PlaceOrder can have besides its items. */
type PlaceOrderDetails = Omit<PlaceOrder, "items">;

/** A running application: a store, a bus, and the handlers between them. */
export interface Orders {
  /** Where orders are kept: lists and finds them. */
  readonly store: OrderStore;
  /** Carries every message: subscribe to events, and to `*`, here. */
  readonly bus: OrdersBus;
  /**
   * Places an order: sends PlaceOrder and resolves once it is stored and every handler has finished.
   *
   * @param details whom it is for, a note, and an id with which placing again is safe: see {@link PlaceOrder}.
   * @throws {OrdersError} `invalid-order`, `conflict`, `store-failed` or `server-failed`: nothing was
   *   stored; `outcome-unknown`: it may be, `orderId` says under which id; `notification-failed`: the
   *   order is stored, but a handler failed.
   */
  placeOrder(items: readonly string[], details?: PlaceOrderDetails): Promise<PlacedOrder>;
  /**
   * Cancels an order: sends CancelOrder and resolves once the closing is stored and every handler has
   * finished. Cancelling it again is safe.
   *
   * @param id the whole id of the order.
   * @param reason why.
   * @throws {OrdersError} `order-not-found`, `conflict` (it is done), `invalid-order`, `store-failed` or `server-failed`:
   *   nothing was stored; `outcome-unknown`: it may be; `notification-failed`: the order is cancelled, but a
   *   handler failed.
   */
  cancelOrder(id: string, reason?: string): Promise<ClosedResult<"cancelled">>;
  /** Completes an order, in the same way: the work on it is done. @param completionNote what there is to say. */
  completeOrder(id: string, completionNote?: string): Promise<ClosedResult<"done">>;
  /**
   * Subscribes to the stored orders: those that are waiting, then each new one. Settle each with
   * `ack()` or `park()` before you ask for the next one; with a `batch` above 1, that many may be in
   * flight. See {@link OrderFeed.subscribe}.
   *
   * @throws {OrdersError} `invalid-usage`: an order was not settled; also what subscribing throws.
   */
  deliveries(options?: FeedOptions): AsyncIterable<Delivery>;
  /**
   * Subscribes to the stored orders and publishes OrderCreated on the bus for each, until `signal` is
   * aborted or, with `untilCaughtUp`, none is waiting. Not for the program that places the
   * orders: its handlers already get each one from `placeOrder`, and would get it twice.
   */
  deliver(options?: DeliverOptions): Promise<void>;
  /**
   * Compares orders with those that are stored, and stores many. The first call reads all that is stored; each
   * later one returns the same target.
   *
   * @internal
   */
  copyTarget(): Promise<CopyTarget>;
  /**
   * Ends the deliveries, waits for pending work and closes the store: an order that a loop over
   * {@link deliveries} has not acknowledged by then is delivered again. A handler is pending work: one that
   * closes the orders must not await this, since each would wait for the other.
   */
  close(): Promise<void>;
  /** Closes at the end of a block: `await using orders = await openOrders(…)`. */
  [Symbol.asyncDispose](): Promise<void>;
}

/** The bus of this program: it carries {@link Commands} and {@link Events}. */
export type OrdersBus = MessageBus<Commands, Events>;
