import { parkingKey, type StartingPosition } from "../order-feed.js";
import { noSuchOrder, subscriptionBusy } from "../subscription/feed-errors.js";
import type { ParkedRecord, RequestableRecords, StoredRecord } from "../subscription/ports.js";
import type {
  HeldState,
  PositionedEvents,
  PositionedStore,
  ReadEvents,
} from "../subscription/positioned.js";
import type { SubscriptionState } from "../subscription/progress.js";
import type { LoggedEvent } from "./logged-event.js";

/** What subscriptions need of a store in memory: the position of an event is its index in the log. */
export class MemorySubscriptions implements PositionedStore<number>, PositionedEvents<number> {
  readonly events = this;
  readonly parked = new MemoryRecords();
  readonly #log: readonly LoggedEvent[];
  readonly #states = new Map<string, SubscriptionState<number>>();
  readonly #held = new Set<string>();
  readonly #onEvent = new Set<() => void>();

  constructor(log: readonly LoggedEvent[]) {
    this.#log = log;
  }

  /** Something happened. */
  notify(): void {
    for (const notify of this.#onEvent) notify();
  }

  names(): readonly string[] {
    return [...this.#states.keys()].sort();
  }

  start(from: StartingPosition): number {
    if (from === "start") return 0;
    const index = this.#log.findIndex(({ order }) => {
      if (from === "now") return false;
      return "since" in from ? order.placedAt >= from.since : order.id === from.id;
    });
    if (index < 0 && typeof from === "object" && "id" in from) throw noSuchOrder(from.id);
    return index < 0 ? this.#log.length : index;
  }

  read(position: number, limit: number): ReadEvents<number> {
    const events = [];
    let end = position;
    for (; end < this.#log.length && events.length < limit; end++) {
      const { isImported, ...event } = this.#log[end] as LoggedEvent;
      if (!isImported) events.push({ ...event, end: end + 1 });
    }
    return { events, end };
  }

  count(position: number): number {
    return this.#log.slice(position).filter(({ isImported }) => !isImported).length;
  }

  before(position: number): string | null {
    return this.#log[position - 1]?.order.id ?? null;
  }

  stateOf(name: string): SubscriptionState<number> | undefined {
    return this.#states.get(name);
  }

  async hold(name: string): Promise<HeldState<number>> {
    if (this.#held.has(name)) throw subscriptionBusy(name, "another subscriber");
    this.#held.add(name);
    return {
      load: () => this.#states.get(name),
      save: (state) => void this.#states.set(name, state),
      remove: () => {
        this.#states.delete(name);
        this.parked.clear(name);
      },
      release: async () => void this.#held.delete(name),
    };
  }

  watch(name: string | undefined, onEvent: () => void, onRequest: (key: string) => void) {
    this.#onEvent.add(onEvent);
    if (name !== undefined) this.parked.onRequest.set(name, onRequest);
    return () => {
      this.#onEvent.delete(onEvent);
      if (name !== undefined) this.parked.onRequest.delete(name);
    };
  }
}

/** Parked events, and the requests to retry them, by subscription and key. */
class MemoryRecords implements RequestableRecords {
  readonly onRequest = new Map<string, (key: string) => void>();
  readonly #records = new Map<string, StoredRecord>();
  readonly #requests = new Set<string>();

  async all(name?: string): Promise<readonly ParkedRecord[]> {
    return [...this.#records]
      .filter(([, { subscription }]) => name === undefined || subscription === name)
      .map(([path, record]) => ({ ...record, isRetryRequested: this.#requests.has(path) }));
  }

  async get(name: string, key: string): Promise<ParkedRecord | undefined> {
    return (await this.all(name)).find((record) => parkingKey(record) === key);
  }

  async put(record: StoredRecord): Promise<void> {
    this.#records.set(`${record.subscription}/${parkingKey(record)}`, record);
  }

  async delete(name: string, key: string): Promise<boolean> {
    this.forgetRequest(name, key);
    return this.#records.delete(`${name}/${key}`);
  }

  async requestRetry(name: string, key: string): Promise<void> {
    this.#requests.add(`${name}/${key}`);
    this.onRequest.get(name)?.(key);
  }

  forgetRequest(name: string, key: string): void {
    this.#requests.delete(`${name}/${key}`);
  }

  clear(name: string): void {
    for (const [path, { subscription }] of this.#records) {
      if (subscription !== name) continue;
      this.#records.delete(path);
      this.#requests.delete(path);
    }
  }
}
