/**
 * Mistakes that must not compile. `npm run types` fails if one of them does: an unused
 * `@ts-expect-error` is an error.
 */
import type { Registry } from "../../src/bus/types.js";
import {
  type Commands,
  type Events,
  MemoryOrderStore,
  openOrders,
  type PlacedOrder,
} from "../../src/index.js";

const { bus } = await openOrders({ store: new MemoryOrderStore() });

// What is right compiles, with the types that the handlers promise.
const { order }: PlacedOrder = await bus.send("place-order", { items: ["tv"] });
const undo: () => void = bus.subscribe("order-created", ({ topic, payload }, dispatcher) => {
  const exact: "order-created" = topic;
  return dispatcher.send("place-order", { items: [exact, ...payload.order.items] });
});
undo();

// @ts-expect-error there is no such command
await bus.send("place-oder", { items: [] });
// @ts-expect-error an event is published, not sent
await bus.send("order-created", { order });
// @ts-expect-error a command is sent, not published
await bus.publish("place-order", { items: [] });
// @ts-expect-error the payload lacks its items
await bus.send("place-order", {});
// @ts-expect-error items are strings
await bus.send("place-order", { items: [1] });
// @ts-expect-error the payload has no such field
await bus.send("place-order", { items: [], colour: "red" });
// @ts-expect-error the payload is the event's, not the order itself
await bus.publish("order-created", order);
// @ts-expect-error a command has its one handler and no subscribers
bus.subscribe("place-order", () => {});
// @ts-expect-error there is no such event
bus.subscribe("order-deleted", () => {});
// @ts-expect-error an event is subscribed to, not handled
bus.handle("order-created", () => {});
// @ts-expect-error the answer to PlaceOrder is a placed order
bus.handle("place-order", () => "done");
bus.subscribe("order-created", ({ payload }) => {
  // @ts-expect-error messages are readonly
  payload.order = order;
  // @ts-expect-error orders are readonly
  payload.order.items.push("another");
});

type Flow = Registry<Commands, Events>;
const events: Flow["events"] = {
  "order-created": [],
  "order-cancelled": [],
  "order-completed": [],
  "orders-imported": [],
};
const commands: Flow["commands"] = {
  "place-order": async () => ({ order, replayed: false }),
  "cancel-order": async () => ({
    order: { ...order, cancelledAt: order.placedAt },
    replayed: false,
  }),
  "complete-order": async () => ({
    order: { ...order, completedAt: order.placedAt },
    replayed: false,
  }),
  "import-orders": async () => ({ imported: 0, cancelled: 0, done: 0 }),
  "notify-sales": async () => undefined,
};
export const whole: Flow = { commands, events };
// @ts-expect-error notify-sales has no handler
export const lacking: Flow = { commands: { "place-order": commands["place-order"] }, events };
export const twice: Flow = {
  commands: {
    ...commands,
    // @ts-expect-error a command has one handler, not a list
    "place-order": [commands["place-order"], commands["place-order"]],
  },
  events,
};
export const unknown: Flow = {
  // @ts-expect-error there is no such command
  commands: { ...commands, "cancel-order": async () => undefined },
  events,
};
export const wrongPayload: Flow = {
  commands,
  events: {
    // @ts-expect-error the handler wants another payload than OrderCreated
    "order-created": [(message: { payload: { total: number } }) => message.payload.total],
  },
};
