/**
 * The library: what the command line is made of, for programs that place orders or subscribe to
 * them.
 *
 * @module
 */
import { MemoryOrderStore as Memory } from "./store/memory/order-store.js";
import type { OrderStore } from "./store/order-store.js";

export { type OpenOrdersOptions, type Orders, type OrdersBus, openOrders } from "./app.js";
export { HandlerError } from "./bus/dispatch.js";
export { MessageBus } from "./bus/message-bus.js";
export { Park, Stop, TryLater } from "./delivery/decisions.js";
export type { DeliverOptions } from "./delivery/deliver.js";
export type { Handler, Middleware } from "./delivery/handler.js";
export type { Outcome } from "./delivery/settle.js";
export { timeLimit } from "./delivery/time-limit.js";
export type { ClosedAs, ClosedOrder, Closing } from "./domain/closing.js";
export type { ClosedResult, Commands, PlacedOrder, PlaceOrder } from "./domain/commands.js";
export type { Events } from "./domain/events.js";
export type { Message } from "./domain/message.js";
export type { Order, OrderFilter, OrderState } from "./domain/order.js";
export { type ErrorCode, OrdersError } from "./errors.js";
export type { HandlerOf } from "./handlers/handler-of.js";
export type { SalesDesk } from "./handlers/notify-sales.js";
export { type OpenStoreOptions, openStore } from "./store/open-store.js";
export type { Delivery, FeedOptions, OrderFeed, StartingPosition } from "./store/order-feed.js";
export type { Damage, OrderQuery, OrderStore, StoreReport } from "./store/order-store.js";
export type { ParkedOrder, SubscriptionStatus, Subscriptions } from "./store/subscriptions.js";

/** A store that forgets everything when the process ends: for tests and for trying things out. */
export const MemoryOrderStore: new () => OrderStore = Memory;
