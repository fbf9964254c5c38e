/**
 * The library: what the command line is made of, for programs that place orders or subscribe to
 * them.
 *
 * @module
 */
export {
  type OpenOrdersOptions,
  type Orders,
  type OrdersBus,
  openOrders,
  type PlaceOrderDetails,
} from "./app.js";
export { HandlerError } from "./bus/dispatch.js";
export { MessageBus } from "./bus/message-bus.js";
export type * from "./bus/types.js";
export { Park, Stop, TryLater } from "./delivery/decisions.js";
export type { DeliverOptions } from "./delivery/deliver.js";
export type { Handler, Middleware } from "./delivery/handler.js";
export type { RetryPolicy } from "./delivery/retry.js";
export type { Failure, Outcome, OutcomeListener } from "./delivery/settle.js";
export { timeLimit } from "./delivery/time-limit.js";
export type { ClosedAs, ClosedOrder, Closing } from "./domain/closing.js";
export type * from "./domain/commands.js";
export type { Events, OrderCancelled, OrderCreated, OrdersImported } from "./domain/events.js";
export type { Message } from "./domain/message.js";
export type { Notification } from "./domain/notification.js";
export type { Order, OrderFilter, OrderState } from "./domain/order.js";
export { type ErrorCode, type ErrorFacts, OrdersError } from "./errors.js";
export type { SalesDesk } from "./handlers/notify-sales.js";
export type {
  CredentialFiles,
  ServerStoreOptions,
} from "./store/jetstream/server/credential-files.js";
export { MemoryOrderStore } from "./store/memory/order-store.js";
export { type OpenStoreOptions, openStore } from "./store/open-store.js";
export type {
  AttemptOptions,
  Delivery,
  FeedEvent,
  FeedOptions,
  OrderFeed,
  StartingPosition,
} from "./store/order-feed.js";
export type * from "./store/order-store.js";
export type { Comparison } from "./store/records/known-records.js";
export type { Problem } from "./store/records/order-check.js";
export { OrderJson } from "./store/records/order-json.js";
export type { OrderLines } from "./store/records/order-lines.js";
export type { OrderRecord, StoreAs } from "./store/records/record.js";
export type * from "./store/subscriptions.js";
