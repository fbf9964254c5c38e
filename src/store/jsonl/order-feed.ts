import { dirname, join } from "node:path";
import { OrdersError } from "../../errors.js";
import { checkBatch, checkSubscriptionName } from "../feed-errors.js";
import type { Delivery, FeedOptions, OrderFeed } from "../order-feed.js";
import type { Damage } from "../order-store.js";
import { storeFailure } from "./errors.js";
import { Changes } from "./files/changes.js";
import { createDirectory, isMissing } from "./files/directory.js";
import type { OrdersFile } from "./orders-file.js";
import { Parking } from "./parking.js";
import { Retries } from "./retries.js";
import { Subscriber } from "./subscriber.js";
import { SubscriptionFile } from "./subscription-file.js";
import { lockSubscription, stateAt } from "./subscriptions.js";

/** The feed of a directory: it reads on in the file of orders as the file grows. */
export class JsonlOrderFeed implements OrderFeed {
  readonly #file: OrdersFile;
  /** Where the subscriptions stand. */
  readonly #directory: string;
  readonly #onDamage: (damage: Damage) => void;

  constructor(file: OrdersFile, onDamage: (damage: Damage) => void) {
    this.#file = file;
    this.#directory = join(dirname(file.path), "subscriptions");
    this.#onDamage = onDamage;
  }

  async *subscribe(options: FeedOptions = {}): AsyncIterable<Delivery> {
    const { subscription: name, signal } = options;
    if (name !== undefined) checkSubscriptionName(name);
    checkBatch(options.batch);
    if (signal?.aborted) return;
    const fail = (error: unknown): never => {
      throw feedFailure(this.#file, error);
    };
    try {
      const inner = name === undefined ? this.#ephemeral(options) : this.#named(name, options);
      for await (const delivery of inner) yield guarded(delivery, fail);
    } catch (error) {
      fail(error);
    }
  }

  async *#ephemeral(options: FeedOptions): AsyncIterable<Delivery> {
    createDirectory(dirname(this.#file.path));
    const changes = new Changes([dirname(this.#file.path)], options.signal);
    try {
      const subscriber = new Subscriber(stateAt(this.#file, options.from ?? "now"), {
        file: this.#file,
        batch: options.batch ?? 1,
        keep: () => {},
        onSettled: changes.notice,
      });
      options.onReady?.({ resumed: false });
      yield* deliveries(undefined, subscriber, changes, options);
    } finally {
      changes.close();
    }
  }

  async *#named(name: string, options: FeedOptions): AsyncIterable<Delivery> {
    const release = await lockSubscription(this.#directory, name, this.#onDamage);
    let changes: Changes | undefined;
    try {
      const parking = new Parking(this.#directory, name, this.#onDamage);
      createDirectory(parking.directory);
      changes = new Changes([dirname(this.#file.path), parking.directory], options.signal);
      const file = new SubscriptionFile(this.#directory, name);
      const known = file.read();
      const holder = { pid: process.pid, since: new Date().toISOString() };
      const state = { ...(known ?? stateAt(this.#file, options.from ?? "start")), holder };
      file.write(state);
      const subscriber = new Subscriber(state, {
        file: this.#file,
        batch: options.batch ?? 1,
        keep: (changed) => file.update(changed),
        parking,
        onSettled: changes.notice,
      });
      options.onReady?.({ resumed: known !== null });
      yield* deliveries(new Retries(parking), subscriber, changes, options);
    } finally {
      changes?.close();
      await release();
    }
  }
}

/** Hands over what is to be tried again, then what follows on file, and waits when there is neither. */
async function* deliveries(
  retries: Retries | undefined,
  subscriber: Subscriber,
  changes: Changes,
  { signal, untilCaughtUp = false }: FeedOptions,
): AsyncIterable<Delivery> {
  try {
    while (!signal?.aborted) {
      const next = subscriber.isFull ? undefined : (retries?.next() ?? subscriber.next());
      if (next !== undefined) {
        yield next;
        await new Promise((resolve) => setImmediate(resolve)); // a signal is heard in a backlog too
      } else if (untilCaughtUp && !subscriber.isFull) return;
      else await changes.next();
    }
  } finally {
    subscriber.end();
  }
}

/** A delivery that says of a failure what happened. */
function guarded(delivery: Delivery, fail: (error: unknown) => never): Delivery {
  return {
    ...delivery,
    ack: () => delivery.ack().catch(fail),
    retry: async () => guarded(await delivery.retry().catch(fail), fail),
    park: (reason) => delivery.park(reason).catch(fail),
  };
}

function feedFailure({ path }: OrdersFile, error: unknown): unknown {
  if (!isMissing(error)) return storeFailure("feed the orders", path, error);
  // All of it was made when the subscription began.
  const message = `the store was moved or removed: ${dirname(path)}`;
  return new OrdersError("store-damaged", message, { cause: error });
}
