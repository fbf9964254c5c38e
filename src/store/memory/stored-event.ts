import type { Delivery } from "../order-feed.js";
import type { StoreAs } from "../order-store.js";

/** What happened, and whether subscriptions are told. */
export type StoredEvent = Pick<Delivery, "event" | "order"> & StoreAs;
