import { dirname, join } from "node:path";
import { OrdersError } from "../../../errors.js";
import { isSubscriptionName, type StartingPosition } from "../../order-feed.js";
import type { Damage } from "../../order-store.js";
import { SubscriptionFeed } from "../../subscription/feed.js";
import {
  type HeldState,
  type PositionedStore,
  PositionedSubscriptions,
  type ReadEvents,
} from "../../subscription/positioned.js";
import type { SubscriptionState } from "../../subscription/progress.js";
import { createDirectory, createWithin } from "../files/directory.js";
import { documentNames, readOrReport } from "../files/document-file.js";
import { watchDirectory } from "../files/watch-directory.js";
import type { OrdersFile } from "../orders/orders-file.js";
import { OrdersReader } from "../orders/orders-reader.js";
import { EventsReader } from "./events-reader.js";
import { mayBeRequest, ParkedDocuments } from "./parked-documents.js";
import { lostPosition, lostSubscription, type Position } from "./position.js";
import { startingPosition } from "./starting-position.js";
import { SubscriptionFile } from "./subscription-file.js";
import { lockSubscription } from "./subscription-lock.js";
import { translateErrors } from "./translate-errors.js";

/** The feed of a directory, with its subscriptions. */
export function openFeed(file: OrdersFile, onDamage: (damage: Damage) => void): SubscriptionFeed {
  const driver = new PositionedSubscriptions(new JsonlSubscriptions(file, onDamage));
  return new SubscriptionFeed(driver, dirname(file.path));
}

/** Some file systems report no changes: how often to look in any case. */
const LOOK_INTERVAL_MS = 1000;

/** What subscriptions need of a directory: the position of an event is behind its line in the file of orders. */
export class JsonlSubscriptions implements PositionedStore<Position> {
  readonly parked: ParkedDocuments;
  readonly #file: OrdersFile;
  readonly #reader: OrdersReader;
  readonly #events: EventsReader;
  /** `subscriptions/` in the store. */
  readonly #directory: string;
  readonly #onDamage: (damage: Damage) => void;
  /** Up to here the file of orders is on stable storage. */
  #syncedTo = 0;

  constructor(file: OrdersFile, onDamage: (damage: Damage) => void) {
    this.#file = file;
    this.#reader = new OrdersReader(file.path, onDamage);
    this.#events = new EventsReader(file.path, onDamage);
    this.#directory = join(dirname(file.path), "subscriptions");
    this.#onDamage = onDamage;
    this.parked = new ParkedDocuments(this.#directory, onDamage);
  }

  names(): readonly string[] {
    return this.#try("read the subscriptions", () => {
      const own = documentNames(this.#directory).filter(isSubscriptionName);
      return [...new Set([...own, ...this.parked.names()])].sort();
    });
  }

  start(from: StartingPosition): Position {
    return this.#tryFile("read the orders", () => startingPosition(this.#reader, from));
  }

  read(position: Position, limit: number): ReadEvents<Position> {
    return this.#tryFile("deliver the orders", () => {
      const found = this.#events.readFrom(position, limit);
      if (found === undefined) throw this.#gone(position);
      const { events, end } = found;
      // No order is delivered that a power cut could still take back.
      if (events.length > 0 && end.byte > this.#syncedTo) this.#syncedTo = this.#file.sync();
      return found;
    });
  }

  count(position: Position, name?: string): number | null {
    const count = this.#tryFile("read the orders", () => this.#events.countFrom(position));
    if (count === undefined && name !== undefined) this.#onDamage(lostPosition(name, position));
    return count ?? null;
  }

  before({ after }: Position): string | null {
    return after;
  }

  stateOf(name: string): SubscriptionState<Position> | undefined {
    const read = () => new SubscriptionFile(this.#directory, name).read();
    const state = readOrReport(read, this.#onDamage);
    const hasParked = () => documentNames(this.parked.directoryOf(name)).length > 0;
    if (state === undefined && readOrReport(hasParked, () => {})) {
      this.#onDamage(lostSubscription(name));
    }
    return state ?? undefined;
  }

  async hold(name: string): Promise<HeldState<Position>> {
    const release = await lockSubscription(this.#directory, name, this.#onDamage);
    const file = new SubscriptionFile(this.#directory, name);
    return {
      load: () => file.read(),
      save: (state) => this.#try("deliver the orders", () => file.save(state)),
      remove: () =>
        this.#try("remove the subscription", () => {
          this.parked.clear(name);
          file.remove();
        }),
      release,
    };
  }

  watch(name: string | undefined, onEvent: () => void, onRequest: (key: string) => void) {
    const orders = dirname(this.#file.path);
    const parked = name === undefined ? [] : [this.parked.directoryOf(name)];
    this.#try("deliver the orders", () => {
      createDirectory(orders);
      parked.forEach(createWithin);
    });
    const look = () => {
      try {
        if (name !== undefined) this.parked.requested(name).forEach(onRequest);
      } catch {
        // It was moved or removed: whoever reads on says so.
      }
      onEvent();
    };
    const lookAt = (file: string | null) => void (mayBeRequest(file) && look());
    const ends = [
      watchDirectory(orders, onEvent),
      ...parked.map((each) => watchDirectory(each, lookAt)),
    ];
    look();
    const timer = setInterval(look, LOOK_INTERVAL_MS);
    return () => {
      clearInterval(timer);
      for (const end of ends) end();
    };
  }

  #gone({ byte }: Position): OrdersError {
    const message = `the orders before byte ${byte} of ${this.#file.path} are not those that were delivered: the file was replaced, cut or moved`;
    return new OrdersError("store-damaged", message, { location: this.#file.path });
  }

  #try<T>(what: string, action: () => T): T {
    return translateErrors(what, this.#directory, action);
  }

  /** The same, where the file of orders is read. */
  #tryFile<T>(what: string, action: () => T): T {
    return translateErrors(what, this.#file.path, action);
  }
}
