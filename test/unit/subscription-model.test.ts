import { describe, expect, it } from "vitest";
import { MemoryOrderStore } from "../../src/store/memory/order-store.js";
import { openStore } from "../../src/store/open-store.js";
import type { Delivery } from "../../src/store/order-feed.js";
import type { OrderStore } from "../../src/store/order-store.js";
import fc from "../support/fast-check.js";
import { anOrder } from "../support/orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const NAME = "sales";
const anyStep = fc.oneof(
  { weight: 2, arbitrary: fc.record({ step: fc.constant("save" as const) }) },
  { weight: 5, arbitrary: fc.record({ step: fc.constant("take" as const) }) },
  {
    weight: 4,
    arbitrary: fc.record({
      step: fc.constantFrom<"ack" | "nack" | "park">("ack", "nack", "park"),
      which: fc.nat(),
      counted: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      step: fc.constantFrom<"retry" | "drop">("retry", "drop"),
      which: fc.nat(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ step: fc.constant("leave" as const), reset: fc.boolean() }) },
);

/** One delivery that the model expects. */
interface Expected {
  readonly id: string;
  readonly isRetry: boolean;
  /** Attempts before it was parked. */
  readonly before: number;
  readonly number: number;
  readonly isRepeated: boolean;
  readonly place: number;
}

/** What a subscription does, without batches, positions, or anything that is written ahead. */
class Model {
  readonly placed: string[] = [];
  /** Attempts at what was delivered and not settled; those that were settled are gone from `waiting`. */
  readonly attempts = new Map<string, number>();
  waiting: string[] = [];
  /** In the order of parking. */
  parked: { id: string; attempts: number; retryAttempts: number; isRequested: boolean }[] = [];
  // What one subscriber knows.
  inFlight: Expected[] = [];
  #returned: Expected[] = [];
  #due: string[] = [];
  #before = new Map<string, number>();
  #place = 0;

  save(id: string): void {
    this.placed.push(id);
    this.waiting.push(id);
  }

  begin(): void {
    this.inFlight = [];
    this.#returned = [];
    this.#before = new Map(this.parked.map(({ id, attempts }) => [id, attempts]));
    const due = this.parked.filter((each) => each.isRequested || each.retryAttempts > 0);
    this.#due = due.map(({ id }) => id);
  }

  take(): Expected | undefined {
    const expected = this.#again() ?? this.#retry() ?? this.#next();
    if (expected === undefined) return undefined;
    this.inFlight.push(expected);
    this.#note(expected, expected.number);
    return expected;
  }

  settle(each: Expected, how: "ack" | "nack" | "park", counted: boolean): void {
    this.inFlight = this.inFlight.filter((other) => other !== each);
    const made = counted ? each.number : each.number - 1;
    if (how === "nack") {
      this.#returned.push({ ...each, number: made + 1, isRepeated: true });
      this.#returned.sort((one, other) => one.place - other.place);
      return;
    }
    if (!each.isRetry) this.#done(each.id);
    const { id } = each;
    const parked = this.#find(id);
    if (how === "ack" && (each.isRetry || this.#before.has(id))) this.drop(id);
    if (how === "ack" || (each.isRetry && parked === undefined)) return;
    const isRequested = parked?.isRequested ?? false;
    this.parked = this.parked.filter((other) => other.id !== id);
    this.parked.push({ id, attempts: each.before + made, retryAttempts: 0, isRequested });
  }

  retry(id: string): boolean {
    const parked = this.#find(id);
    if (parked === undefined) return false;
    parked.isRequested = true;
    if (!this.#due.includes(id)) this.#due.push(id);
    return true;
  }

  drop(id: string): boolean {
    const isParked = this.#find(id) !== undefined;
    this.parked = this.parked.filter((other) => other.id !== id);
    return isParked;
  }

  end(): void {
    this.inFlight = [];
    for (const each of this.#returned) {
      this.#note(each, each.number - 1);
      const parked = this.#find(each.id);
      if (each.isRetry && parked && each.number === 1) parked.isRequested = true;
    }
    this.#returned = [];
  }

  reset(): void {
    this.waiting = [...this.placed];
    this.attempts.clear();
  }

  #again(): Expected | undefined {
    for (let first = this.#returned.shift(); first; first = this.#returned.shift()) {
      if (!first.isRetry || this.#find(first.id)) return first;
    }
    return undefined;
  }

  #retry(): Expected | undefined {
    const held = [...this.inFlight, ...this.#returned].filter(({ isRetry }) => isRetry);
    for (const id of this.#due.filter((each) => !held.some((other) => other.id === each))) {
      this.#due = this.#due.filter((each) => each !== id);
      const parked = this.#find(id);
      if (parked === undefined || !(parked.isRequested || parked.retryAttempts > 0)) continue;
      parked.isRequested = false;
      const number = parked.retryAttempts + 1;
      const place = ++this.#place;
      return { id, isRetry: true, before: parked.attempts, number, isRepeated: true, place };
    }
    return undefined;
  }

  #next(): Expected | undefined {
    const held = [...this.inFlight, ...this.#returned].filter(({ isRetry }) => !isRetry);
    const id = this.waiting.find((each) => !held.some((other) => other.id === each));
    if (id === undefined) return undefined;
    const made = this.attempts.get(id);
    const before = this.#before.get(id) ?? 0;
    const isRepeated = made !== undefined;
    const number = (made ?? 0) + 1;
    return { id, isRetry: false, before, number, isRepeated, place: ++this.#place };
  }

  #note({ id, isRetry }: Expected, attempts: number): void {
    if (!isRetry) this.attempts.set(id, attempts);
    else {
      const parked = this.#find(id);
      if (parked) parked.retryAttempts = attempts;
    }
  }

  #done(id: string): void {
    this.waiting = this.waiting.filter((other) => other !== id);
    this.attempts.delete(id);
  }

  #find(id: string) {
    return this.parked.find((other) => other.id === id);
  }
}

/** A whole one: in it is heard of what has changed in a directory. */
async function turnOfEventLoop(): Promise<void> {
  for (let phase = 0; phase < 2; phase++) await new Promise((resolve) => setImmediate(resolve));
}

type Step = typeof anyStep extends fc.Arbitrary<infer Each> ? Each : never;

async function play(store: OrderStore, batch: number, steps: readonly Step[]): Promise<void> {
  const model = new Model();
  const subscriptions = await store.subscriptions();
  const feed = await store.feed();
  const held = new Map<Expected, Delivery>();
  let ending = new AbortController();
  /** Asked for something only when the model knows what that is. */
  let deliveries: AsyncIterator<Delivery> | undefined;

  const take = async () => {
    if (deliveries === undefined) {
      ending = new AbortController();
      const options = { subscription: NAME, batch, signal: ending.signal };
      deliveries = feed.subscribe(options)[Symbol.asyncIterator]();
      model.begin();
    }
    const expected = held.size < batch ? model.take() : undefined;
    if (expected === undefined) return;
    const { id, before, number, isRepeated } = expected;
    const { value } = await deliveries.next();
    const { order, attempt, firstAttempt, redelivered } = value as Delivery;
    expect({ id: order.id, attempt, firstAttempt, redelivered }).toEqual({
      id,
      attempt: before + number,
      firstAttempt: before + 1,
      redelivered: isRepeated || before + number > 1,
    });
    held.set(expected, value);
  };
  const settle = async (which: number, how: "ack" | "nack" | "park", counted: boolean) => {
    const [expected, delivery] = [...held][which % Math.max(1, held.size)] ?? [];
    if (expected === undefined || delivery === undefined) return;
    if (how === "ack") await delivery.ack();
    else if (how === "nack") await delivery.nack({ counted });
    else await delivery.park("out of paper", { counted });
    model.settle(expected, how, how === "ack" || counted);
    held.delete(expected);
  };
  const administer = async (which: number, how: "retry" | "drop") => {
    const id = model.placed[which % Math.max(1, model.placed.length)];
    if (id === undefined) return;
    const done = subscriptions[how](NAME, id);
    if (model[how](id)) await done;
    else await expect(done).rejects.toMatchObject({ code: "not-parked" });
    if (how === "retry") await turnOfEventLoop();
  };
  const leave = async (reset: boolean) => {
    ending.abort();
    await deliveries?.return?.();
    deliveries = undefined;
    held.clear();
    model.end();
    if (!(await subscriptions.exists(NAME))) return;
    expect(await subscriptions.list()).toMatchObject([{ waiting: model.waiting.length }]);
    if (!reset) return;
    await subscriptions.reset(NAME, "start");
    model.reset();
  };

  for (const each of steps) {
    if (each.step === "save") {
      const order = anOrder();
      await store.save(order);
      model.save(order.id);
    } else if (each.step === "take") await take();
    else if (each.step === "leave") await leave(each.reset);
    else if ("counted" in each) await settle(each.which, each.step, each.counted);
    else await administer(each.which, each.step);
    const parked = await subscriptions.parked();
    expect(parked.map(({ order, attempts }) => [order.id, attempts])).toEqual(
      model.parked.map(({ id, attempts }) => [id, attempts]),
    );
  }
  await leave(false);
  await store.close();
}

describe("a subscription does what a simple model of it does", () => {
  it.each<[string, number, () => Promise<OrderStore>]>([
    ["in memory", 200, async () => new MemoryOrderStore()],
    ["in a directory", 15, () => openStore(temporaryDirectory())],
  ])("%s", async (_, numRuns, open) => {
    const anySteps = fc.array(anyStep, { maxLength: 60 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 3 }), anySteps, async (batch, steps) =>
        play(await open(), batch, steps),
      ),
      { numRuns },
    );
  });
});
