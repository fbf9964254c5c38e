import { LowSync, MemorySync } from "lowdb";
import { parkingKey, type StartingPosition, type StoredEvent } from "../order-feed.js";
import type { SubscriptionStatus, Waiting } from "../subscriptions.js";
import type {
  EventSource,
  OpenOptions,
  OpenSubscription,
  ParkedRecords,
  PendingEvent,
  RequestableRecords,
  SubscriptionDriver,
} from "./ports.js";
import { type Entry, type PositionedEvent, Progress, type SubscriptionState } from "./progress.js";
import { RequestedRetries } from "./retries.js";

/**
 * What a store gives in which each event has a position, so that it needs to remember only where a subscription is.
 * A subscription has one subscriber at a time. What is synchronous here must not be interrupted.
 */
export interface PositionedStore<P> {
  readonly events: PositionedEvents<P>;
  readonly parked: RequestableRecords;
  /** The subscriptions, by name; also those of which there is only what they have parked. */
  names(): readonly string[];
  /** The position of a subscription; `undefined`: unknown name, or damaged. Damage is reported. */
  stateOf(name: string): SubscriptionState<P> | undefined;
  /** Keeps others out. @throws {OrdersError} `subscription-busy`. */
  hold(name: string): Promise<HeldSubscription<P>>;
  /** Calls back whenever there may be more events or requests to retry, until it is stopped. */
  watch(name: string | undefined, onChange: () => void): () => void;
}

/** What happened to the orders of a store, in that order. */
export interface PositionedEvents<P> {
  /** @throws {OrdersError} `order-not-found`: there is no order to start from. */
  start(from: StartingPosition): P;
  /** The events behind a position, at most `limit`, all of them on stable storage. */
  read(position: P, limit: number): ReadEvents<P>;
  /** What is behind a position; `null`: what is before it is not what was there. */
  count(position: P): Counted | null;
  /** The id of the last order before a position. */
  before(position: P): string | null;
}

/** How many events there are, and when the first of them occurred. */
export interface Counted {
  readonly events: number;
  readonly since: string | null;
}

/** What follows a position. */
export interface ReadEvents<P> {
  readonly events: readonly PositionedEvent<P>[];
  /** After them, and after what no subscription receives. */
  readonly end: P;
}

/** A subscription, for the only one who may change it. */
export interface HeldSubscription<P> {
  /** Where it is; `null`: there is no such subscription. When its writing returns that is on stable storage. */
  readonly db: LowSync<SubscriptionState<P> | null>;
  /** Removes the subscription with all that it has parked. */
  remove(): void;
  release(): Promise<void>;
}

/** So many events of a backlog are in memory. */
const READ_TOGETHER = 1000;

/** What subscriptions need, of a store with positions. */
export class PositionedSubscriptions<P> implements SubscriptionDriver {
  readonly parked: ParkedRecords;
  readonly #store: PositionedStore<P>;

  constructor(store: PositionedStore<P>) {
    this.#store = store;
    this.parked = store.parked;
  }

  async names(): Promise<readonly string[]> {
    return this.#store.names();
  }

  async exists(name: string): Promise<boolean> {
    return this.#store.names().includes(name);
  }

  async list(): Promise<readonly Omit<SubscriptionStatus, "parked">[]> {
    return this.#store.names().flatMap((name) => {
      const state = this.#store.stateOf(name);
      if (state === undefined) return [];
      const { position, delivered, activeAt } = state;
      const counted = this.#store.events.count(position);
      const settled = delivered.filter((each) => each === "settled").length;
      const waiting = counted === null ? null : counted.events - settled;
      const waitingSince = counted?.since ?? null; // the first behind the position is not settled
      const after = this.#store.events.before(position);
      return [{ name, after, waiting, waitingSince, activeAt }];
    });
  }

  async undelivered(name: string, wanted: readonly StoredEvent[]): Promise<readonly StoredEvent[]> {
    const state = this.#store.stateOf(name);
    if (state === undefined) return [];
    const byKey = new Map(wanted.map((event) => [parkingKey(event), event]));
    const found: StoredEvent[] = [];
    let delivered = state.delivered.length;
    for (let from = state.position; ; ) {
      const { events, end } = this.#store.events.read(from, READ_TOGETHER);
      if (events.length === 0) return found;
      const waiting = events.slice(delivered);
      delivered -= events.length - waiting.length;
      found.push(...waiting.flatMap((event) => byKey.get(parkingKey(event)) ?? []));
      from = end;
    }
  }

  async waitingFrom(from: StartingPosition): Promise<Waiting> {
    return { waiting: this.#store.events.count(this.#store.events.start(from))?.events ?? 0 };
  }

  async open(options: OpenOptions): Promise<OpenSubscription> {
    const { subscription: name, from, batch = 1, changed } = options;
    const store = this.#store;
    const held: HeldSubscription<P> = name === undefined ? unnamed() : await store.hold(name);
    let stopWatching = () => {};
    try {
      held.db.read();
      const resumed = held.db.data !== null;
      const state = held.db.data ?? this.#begin(from ?? (name === undefined ? "now" : "start"));
      save(held, state);
      const parked = name === undefined ? [] : await store.parked.all(name);
      const retries = name === undefined ? [] : [new RequestedRetries(store.parked, name, parked)];
      const look = () => {
        for (const each of retries) each.look();
        changed.notify();
      };
      stopWatching = store.watch(name, look);
      look();
      const events = new PositionedSource(store.events, held, state, batch);
      const close = async () => {
        stopWatching();
        try {
          events.close();
        } finally {
          await held.release();
        }
      };
      return { resumed, parked, sources: [...retries, events], close };
    } catch (error) {
      stopWatching();
      await held.release();
      throw error;
    }
  }

  async reset(name: string, from: StartingPosition): Promise<void> {
    await this.#whileHeld(name, (held) => save(held, this.#begin(from)));
  }

  async remove(name: string): Promise<void> {
    await this.#whileHeld(name, (held) => held.remove());
  }

  #begin(from: StartingPosition): SubscriptionState<P> {
    return { position: this.#store.events.start(from), delivered: [], activeAt: null };
  }

  async #whileHeld(name: string, action: (held: HeldSubscription<P>) => void): Promise<void> {
    const held = await this.#store.hold(name);
    try {
      action(held);
    } finally {
      await held.release();
    }
  }
}

/** Of a subscription without a name nothing is remembered. */
function unnamed<P>(): HeldSubscription<P> {
  const db = new LowSync<SubscriptionState<P> | null>(new MemorySync(), null);
  return { db, remove: () => {}, release: async () => {} };
}

function save<P>({ db }: HeldSubscription<P>, state: SubscriptionState<P>): void {
  db.data = state;
  db.write();
}

/** The events behind the position of a subscription, which follows what is settled. */
class PositionedSource<P> implements EventSource {
  readonly #events: PositionedEvents<P>;
  readonly #held: HeldSubscription<P>;
  readonly #batch: number;
  readonly #progress: Progress<P>;
  #activeAt: string | null;
  /** How many were settled since the last save. */
  #unsaved = 0;
  #isChanged: boolean = false;
  #isClosed: boolean = false;

  constructor(
    events: PositionedEvents<P>,
    held: HeldSubscription<P>,
    state: SubscriptionState<P>,
    batch: number,
  ) {
    this.#events = events;
    this.#held = held;
    this.#batch = batch;
    this.#progress = new Progress(state);
    this.#activeAt = state.activeAt;
  }

  async next(room: number): Promise<PendingEvent | undefined> {
    if (room > 0 && this.#progress.count("noted") === 0) {
      this.#read();
      if (this.#progress.count("noted") > 0) this.#save();
    }
    const entry = room > 0 ? this.#progress.take() : undefined;
    return entry && this.#pending(entry);
  }

  /** What is only noted was not delivered. */
  close(): void {
    this.#isClosed = true;
    if (this.#isChanged || this.#progress.count("noted") > 0) this.#save();
  }

  #pending(entry: Entry<P>): PendingEvent {
    const { event, order, attempts: attempt, isRepeated } = entry;
    const note = (attempts: number, isDue: boolean) => {
      this.#isChanged ||= attempts !== entry.attempts;
      entry.attempts = attempts;
      if (isDue && this.#isChanged) this.#save();
    };
    return {
      event,
      order,
      attempt,
      isRepeated,
      begin: async (attempts) => note(attempts, true),
      settle: async () => this.#settle(entry),
      release: async (attempts) => note(attempts, this.#isClosed),
    };
  }

  /** What comes next is noted in the same write, so that in a backlog there is one for each batch. */
  #settle(entry: Entry<P>): void {
    this.#progress.settle(entry);
    this.#activeAt = new Date().toISOString();
    this.#isChanged = true;
    const isIdle = this.#progress.count("noted") + this.#progress.count("taken") === 0;
    if (++this.#unsaved < this.#batch && !isIdle && !this.#isClosed) return;
    try {
      if (!this.#isClosed && this.#progress.count("noted") === 0) this.#read();
    } catch {
      // The next request for an event throws it again.
    }
    this.#save();
  }

  #read(): void {
    const room = this.#batch - this.#progress.count("taken");
    for (let mayBeMore = true; mayBeMore; ) {
      const { events, end } = this.#events.read(this.#progress.readTo, room);
      this.#isChanged ||= end !== this.#progress.readTo;
      this.#progress.note(events, end);
      if (events.length > 0) this.#activeAt = new Date().toISOString();
      // Those that were read may all be settled.
      mayBeMore = events.length > 0 && this.#progress.count("noted") === 0;
    }
  }

  #save(): void {
    const state = this.#progress.state({ withdrawn: this.#isClosed });
    save(this.#held, { ...state, activeAt: this.#activeAt });
    this.#unsaved = 0;
    this.#isChanged = false;
  }
}
