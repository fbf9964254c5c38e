import type { Delivery } from "../order-feed.js";

/** What the feed delivers of one event. */
export type StoredEvent = Pick<Delivery, "event" | "order">;
