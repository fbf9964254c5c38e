import { afterEach, beforeEach } from "vitest";
import type { Order } from "../../src/domain/order.js";
import type { OrderFeed } from "../../src/store/order-feed.js";
import type { OrderStore } from "../../src/store/order-store.js";
import type { Subscriptions } from "../../src/store/subscriptions.js";
import { anOrder } from "../support/orders.js";

/** Makes a new and empty place, and says how to open a store on it: as often as is wanted. */
export type NewPlace = () => Promise<() => Promise<OrderStore>>;

/** What the tests of one suite are given: for each of them a place of its own. */
export interface Place {
  /** The store. */
  readonly store: OrderStore;
  readonly feed: OrderFeed;
  readonly subscriptions: Subscriptions;
  /** Another store object on the same place, as another process would have it. */
  readonly other: OrderStore;
  readonly otherFeed: OrderFeed;
  readonly otherSubscriptions: Subscriptions;
  /** Saves so many new orders, one after another. */
  save(count: number): Promise<Order[]>;
}

/** Has a new place opened before each test, and closed after it. */
export function freshPlaces(newPlace: NewPlace): Place {
  let store: OrderStore;
  let other: OrderStore;
  let feed: OrderFeed;
  let otherFeed: OrderFeed;
  let subscriptions: Subscriptions;
  let otherSubscriptions: Subscriptions;
  beforeEach(async () => {
    const open = await newPlace();
    store = await open();
    other = await open();
    feed = await store.feed();
    otherFeed = await other.feed();
    subscriptions = await store.subscriptions();
    otherSubscriptions = await other.subscriptions();
  });
  afterEach(async () => {
    await other.close();
    await store.close();
  });
  return {
    get store() {
      return store;
    },
    get feed() {
      return feed;
    },
    get other() {
      return other;
    },
    get otherFeed() {
      return otherFeed;
    },
    get subscriptions() {
      return subscriptions;
    },
    get otherSubscriptions() {
      return otherSubscriptions;
    },
    async save(count) {
      const orders = Array.from({ length: count }, () => anOrder());
      for (const order of orders) await store.save(order);
      return orders;
    },
  };
}
