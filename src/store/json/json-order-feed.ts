import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { OrdersError } from "../../errors.js";
import {
  invalidSubscriptionName,
  noSubscription,
  notParked,
  subscriptionBusy,
} from "../feed-errors.js";
import {
  type Delivery,
  type FeedOptions,
  isSubscriptionName,
  type OrderFeed,
  type ParkedOrder,
  type StartingPoint,
  type SubscriptionStatus,
} from "../order-feed.js";
import type { Damage } from "../order-store.js";
import { Changes } from "./changes.js";
import { createDirectory, isMissing } from "./directory.js";
import { readable } from "./document-file.js";
import { holdAlone } from "./hold-alone.js";
import type { OrdersFile } from "./orders-file.js";
import { Parking } from "./parking.js";
import { positionAt } from "./position.js";
import { Retries } from "./retries.js";
import { Session } from "./session.js";
import { storeFailure } from "./store-failure.js";
import {
  SubscriptionFile,
  type SubscriptionState,
  subscriptionNames,
} from "./subscription-file.js";

/** The feed of a directory: it reads on in the file of orders as the file grows. */
export class JsonOrderFeed implements OrderFeed {
  readonly #file: OrdersFile;
  /** Where the subscriptions stand. */
  readonly #directory: string;
  readonly #onDamage: (damage: Damage) => void;

  constructor(file: OrdersFile, onDamage: (damage: Damage) => void) {
    this.#file = file;
    this.#directory = join(dirname(file.path), "subscriptions");
    this.#onDamage = onDamage;
  }

  async *subscribe(name: string | null, options: FeedOptions = {}): AsyncIterable<Delivery> {
    if (options.signal?.aborted) return;
    const fail = (error: unknown): never => {
      throw feedFailure(this.#file, error);
    };
    try {
      const inner = name === null ? this.#passing(options) : this.#named(name, options);
      for await (const delivery of inner) yield guarded(delivery, fail);
    } catch (error) {
      fail(error);
    }
  }

  async *#passing(options: FeedOptions): AsyncIterable<Delivery> {
    createDirectory(dirname(this.#file.path));
    const changes = new Changes([dirname(this.#file.path)], options.signal);
    try {
      const session = new Session(this.#begin(options.from ?? "now"), {
        file: this.#file,
        batch: options.batch ?? 1,
        keep: () => {},
        onSettled: changes.notice,
      });
      options.onReady?.({ resumed: false });
      yield* deliveries(undefined, session, changes, options);
    } finally {
      changes.close();
    }
  }

  async *#named(name: string, options: FeedOptions): AsyncIterable<Delivery> {
    const release = await this.#hold(name);
    let changes: Changes | undefined;
    try {
      const parking = this.#parking(name);
      createDirectory(parking.directory);
      changes = new Changes([dirname(this.#file.path), parking.directory], options.signal);
      const file = this.#subscription(name);
      const known = file.read();
      const holder = { pid: process.pid, since: new Date().toISOString() };
      const state = { ...(known ?? this.#begin(options.from ?? "start")), holder };
      file.write(state);
      const session = new Session(state, {
        file: this.#file,
        batch: options.batch ?? 1,
        keep: (changed) => file.update(changed),
        parking,
        onSettled: changes.notice,
      });
      options.onReady?.({ resumed: known !== null });
      yield* deliveries(new Retries(parking), session, changes, options);
    } finally {
      changes?.close();
      await release();
    }
  }

  async subscriptions(): Promise<readonly SubscriptionStatus[]> {
    return this.#attempt(() =>
      this.#names()
        .map((name) => readable(() => this.#status(name), this.#onDamage))
        .filter((status) => status !== null),
    );
  }

  async reset(name: string, from: StartingPoint): Promise<void> {
    await this.#alone(name, (file) => file.write(this.#begin(from)));
  }

  async remove(name: string): Promise<void> {
    await this.#alone(name, (file) => {
      this.#parking(name).clear();
      file.remove();
    });
  }

  async parked(name?: string): Promise<readonly ParkedOrder[]> {
    return this.#attempt(() =>
      (name === undefined ? this.#names() : [name]).flatMap((subscription) =>
        this.#parking(subscription)
          .list()
          .map(({ order, reason, attempts, parkedAt }) => {
            return { subscription, order, reason, attempts, parkedAt };
          }),
      ),
    );
  }

  async retryParked(name: string, id: string): Promise<void> {
    const parked = this.#attempt(() => this.#parking(name).again(id));
    if (!parked) throw notParked(name, id);
  }

  async dropParked(name: string, id: string): Promise<void> {
    this.#attempt(() => {
      const parking = this.#parking(name);
      if (parking.read(id) === null) throw notParked(name, id);
      parking.remove(id);
    });
  }

  #parking(name: string): Parking {
    return new Parking(this.#directory, name, this.#onDamage);
  }

  #subscription(name: string): SubscriptionFile {
    return new SubscriptionFile(this.#directory, name);
  }

  #begin(from: StartingPoint): SubscriptionState {
    const position = positionAt(this.#file, from);
    return { position, handedOver: position.byte, attempts: 0, holder: null, activeAt: null };
  }

  #names(): string[] {
    return subscriptionNames(this.#directory);
  }

  #status(name: string): SubscriptionStatus {
    const state = this.#subscription(name).read();
    const { byte, after } = state?.position ?? { byte: 0, after: null };
    const parked = this.#parking(name).list().length;
    let waiting = 0;
    for (const _ of this.#file.finishedOrders(byte)) waiting++;
    return { name, after, waiting, parked, activeAt: state?.activeAt ?? null };
  }

  /** Does something to a subscription that exists while nobody is subscribed. */
  async #alone(name: string, action: (file: SubscriptionFile) => void): Promise<void> {
    if (!this.#attempt(() => this.#names()).includes(name)) {
      throw noSubscription(name);
    }
    const release = await this.#hold(name);
    try {
      this.#attempt(() => action(this.#subscription(name)));
    } finally {
      await release();
    }
  }

  async #hold(name: string): Promise<() => Promise<void>> {
    if (!isSubscriptionName(name)) throw invalidSubscriptionName(name);
    createDirectory(this.#directory);
    const release = await holdAlone(this.#directory, name);
    if (release !== undefined) {
      for (const each of readdirSync(this.#directory)) {
        if (isLeftOver(each, name)) rmSync(join(this.#directory, each), { force: true });
      }
      return release;
    }
    const pid = readable(() => this.#subscription(name).read(), this.#onDamage)?.holder?.pid;
    throw subscriptionBusy(name, pid === undefined ? undefined : `process ${pid}`);
  }

  #attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw storeFailure("read the subscriptions", this.#directory, error);
    }
  }
}

/** Hands over what is to be tried again, then what follows on file, and waits when there is neither. */
async function* deliveries(
  retries: Retries | undefined,
  session: Session,
  changes: Changes,
  { signal, untilCaughtUp = false }: FeedOptions,
): AsyncIterable<Delivery> {
  try {
    while (!signal?.aborted) {
      const next = session.isFull ? undefined : (retries?.next() ?? session.next());
      if (next !== undefined) {
        yield next;
        await new Promise((resolve) => setImmediate(resolve)); // a signal is heard in a backlog too
      } else if (untilCaughtUp && !session.isFull) return;
      else await changes.next();
    }
  } finally {
    session.end();
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

function isLeftOver(file: string, name: string): boolean {
  return file.startsWith(`${name}.json.`) && file.endsWith(".tmp");
}
