import { dirname, join } from "node:path";
import { LowSync, MemorySync } from "lowdb";
import { OrdersError } from "../../../errors.js";
import { nextTurn } from "../../next-turn.js";
import type { Delivery, FeedOptions, OrderFeed } from "../../order-feed.js";
import type { Damage } from "../../order-store.js";
import { checkFeedOptions } from "../../subscription/feed-errors.js";
import { type StoreDelivery, settleOnce } from "../../subscription/settle-once.js";
import { storeFailure } from "../errors.js";
import { createDirectory, isMissing } from "../files/directory.js";
import { FileChanges } from "../files/file-changes.js";
import type { OrdersFile } from "../orders/orders-file.js";
import { OrdersReader } from "../orders/orders-reader.js";
import { EventsReader } from "./events-reader.js";
import { Parking } from "./parking.js";
import { Retries } from "./retries.js";
import { startingState } from "./starting-position.js";
import { Subscriber, type SubscriberDeps } from "./subscriber.js";
import { SubscriptionFile, type SubscriptionState } from "./subscription-file.js";
import { lockSubscription } from "./subscription-lock.js";

/** The feed of a directory: it reads on in the file of orders as the file grows. */
export class JsonlOrderFeed implements OrderFeed {
  readonly #file: OrdersFile;
  readonly #reader: OrdersReader;
  readonly #events: EventsReader;
  readonly #onDamage: (damage: Damage) => void;

  constructor(file: OrdersFile, onDamage: (damage: Damage) => void) {
    this.#file = file;
    this.#reader = new OrdersReader(file.path, onDamage);
    this.#events = new EventsReader(file.path, onDamage);
    this.#onDamage = onDamage;
  }

  async *subscribe(options: FeedOptions = {}): AsyncIterable<Delivery> {
    const { subscription: name, signal } = options;
    checkFeedOptions(options);
    if (signal?.aborted) return;
    const fail = (error: unknown): never => {
      throw feedFailure(this.#file, error);
    };
    try {
      const inner = name === undefined ? this.#ephemeral(options) : this.#named(name, options);
      for await (const delivery of settleOnce(inner)) yield translateErrors(delivery, fail);
    } catch (error) {
      fail(error);
    }
  }

  async *#ephemeral(options: FeedOptions): AsyncIterable<StoreDelivery> {
    const directory = dirname(this.#file.path);
    createDirectory(directory);
    const changes = new FileChanges([directory], options.signal);
    try {
      const start = startingState(this.#reader, options.from ?? "now");
      const state = new LowSync(new MemorySync<SubscriptionState>(), start);
      const subscriber = this.#subscriber({ state, options, changes });
      options.onReady?.({ resumed: false });
      yield* deliveries(undefined, subscriber, changes, options);
    } finally {
      changes.close();
    }
  }

  async *#named(name: string, options: FeedOptions): AsyncIterable<StoreDelivery> {
    const directory = dirname(this.#file.path);
    const subscriptions = join(directory, "subscriptions");
    const release = await lockSubscription(subscriptions, name, this.#onDamage);
    let changes: FileChanges | undefined;
    try {
      const parking = new Parking(subscriptions, name, this.#onDamage);
      createDirectory(parking.directory);
      changes = new FileChanges([directory, parking.directory], options.signal);
      const state = new SubscriptionFile(subscriptions, name);
      const known = state.read();
      const holder = { pid: process.pid, since: new Date().toISOString() };
      const start = known ?? startingState(this.#reader, options.from ?? "start");
      state.write({ ...start, holder });
      const subscriber = this.#subscriber({ state, options, changes, parking });
      options.onReady?.({ resumed: known !== null });
      yield* deliveries(new Retries(parking), subscriber, changes, options);
    } finally {
      changes?.close();
      await release();
    }
  }

  #subscriber({ state, options, changes, parking }: SubscriberParts): Subscriber {
    return new Subscriber({
      reader: this.#events,
      file: this.#file,
      batch: options.batch ?? 1,
      state,
      onSettled: changes.notify,
      ...(parking && { parking }),
    });
  }
}

interface SubscriberParts {
  readonly state: SubscriberDeps["state"];
  readonly options: FeedOptions;
  readonly changes: FileChanges;
  readonly parking?: Parking;
}

/** Delivers requested retries first, then what follows on file, and waits when there is neither. */
async function* deliveries(
  retries: Retries | undefined,
  subscriber: Subscriber,
  changes: FileChanges,
  { signal, untilCaughtUp = false }: FeedOptions,
): AsyncIterable<StoreDelivery> {
  try {
    while (!signal?.aborted) {
      const next = subscriber.isFull ? undefined : (retries?.next() ?? subscriber.next());
      if (next !== undefined) {
        yield next;
        await nextTurn(); // a signal is heard in a backlog too
      } else if (untilCaughtUp && !subscriber.isFull) return;
      else await changes.wait();
    }
  } finally {
    subscriber.end();
  }
}

/** A delivery whose failures say what could not be done. */
function translateErrors(delivery: Delivery, fail: (error: unknown) => never): Delivery {
  return {
    ...delivery,
    ack: () => delivery.ack().catch(fail),
    nack: (options) => delivery.nack(options).catch(fail),
    retry: async () => translateErrors(await delivery.retry().catch(fail), fail),
    withdrawAttempt: async () =>
      translateErrors(await delivery.withdrawAttempt().catch(fail), fail),
    park: (reason, options) => delivery.park(reason, options).catch(fail),
  };
}

function feedFailure({ path }: OrdersFile, error: unknown): unknown {
  if (!isMissing(error)) return storeFailure("deliver the orders", path, error);
  // All of it was created when the subscription began.
  const message = `the store was moved or removed: ${dirname(path)}`;
  return new OrdersError("store-damaged", message, { cause: error });
}
