import type { StoredEvent } from "../order-feed.js";
import type { StoreAs } from "../order-store.js";

/** What happened, and whether subscriptions are told. */
export type LoggedEvent = StoredEvent & StoreAs;
