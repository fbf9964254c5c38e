import { deepStrictEqual, rejects } from "node:assert/strict";
import { type OpenOrdersOptions, type Orders, type OrdersBus, openOrders } from "./app.js";
import type { Commands } from "./domain/commands.js";
import type { Events } from "./domain/events.js";
import type { ErrorCode } from "./errors.js";
import { MemoryOrderStore } from "./store/memory/order-store.js";

/**
 * Opens an application for a test: its orders are in memory, and its clock stands until the test moves it.
 *
 * @param options a sales desk, or a store of your own.
 * @example
 * const shop = await testOrders();
 * shop.orders.bus.subscribe("order-cancelled", putBackOnShelf);
 * await shop
 *   .given(command("place-order", { id, items: ["tv"] }))
 *   .when(command("cancel-order", { id }))
 *   .thenCarries("order-cancelled", "notify-sales", event("shelf-filled", { items: ["tv"] }));
 */
export async function testOrders(
  options: Partial<Omit<OpenOrdersOptions, "now">> = {},
): Promise<TestOrders> {
  const clock = { now: new Date("2026-01-31T08:30:00.000Z") };
  const store = options.store ?? new MemoryOrderStore();
  const orders = await openOrders({ ...options, store, now: () => clock.now });
  return {
    orders,
    clock,
    given: (...messages) => ({ when: (message) => outcome(orders, messages, message) }),
    when: (message) => outcome(orders, [], message),
  };
}

/** A command, to be sent. */
export function command<T extends keyof Commands>(
  topic: T,
  payload: Commands[T]["payload"],
): TestMessage {
  return { topic, payload, carry: (bus) => bus.send(topic, payload) };
}

/** An event, to be published. */
export function event<T extends keyof Events>(topic: T, payload: Events[T]): TestMessage {
  return { topic, payload, carry: (bus) => bus.publish(topic, payload) };
}

function outcome(
  { bus }: Orders,
  given: readonly TestMessage[],
  message: TestMessage,
): TestOutcome {
  const carried: Pick<TestMessage, "topic" | "payload">[] = [];
  const run = async () => {
    for (const each of given) await each.carry(bus);
    const undo = bus.subscribe("*", (each) => void carried.push(each));
    await message.carry(bus).finally(undo);
  };
  return {
    async thenCarries(...expected) {
      await run();
      const actual = carried.slice(1).map(({ topic, payload }, at) => {
        return typeof expected[at] === "string" ? topic : { topic, payload };
      });
      deepStrictEqual(plain(actual), plain(expected));
    },
    thenFails: (code) => rejects(run, { code }),
  };
}

/** As messages are plain data: without functions, and what is not there. */
function plain(messages: readonly unknown[]): unknown {
  return JSON.parse(JSON.stringify(messages));
}

/** An application for a test. */
export interface TestOrders {
  readonly orders: Orders;
  /** What the application takes for the time: at first half past eight on 31 January 2026, UTC. */
  readonly clock: { now: Date };
  /** What happened before: these messages are handled, one after another. */
  given(...messages: readonly TestMessage[]): Pick<TestOrders, "when">;
  /** What is tested. Nothing happens before an outcome is asked for. */
  when(message: TestMessage): TestOutcome;
}

/** What should follow from a message; each rejects with an AssertionError if it does not. */
export interface TestOutcome {
  /** Its handlers, and theirs, send and publish these and no others, in this order. Of a topic any payload will do. */
  thenCarries(...messages: readonly (TestMessage | keyof Commands | keyof Events)[]): Promise<void>;
  /** It fails with an error of this code. */
  thenFails(code: ErrorCode): Promise<void>;
}

/** A message of a test: see {@link command} and {@link event}. */
export interface TestMessage {
  readonly topic: string;
  readonly payload: unknown;
  carry(bus: OrdersBus): Promise<unknown>;
}
