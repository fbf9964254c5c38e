import type { StoredEvent } from "../order-feed.js";
import type { StoreAs } from "../records/record.js";

/** What happened, and whether subscriptions are told. */
export type LoggedEvent = StoredEvent & StoreAs;
