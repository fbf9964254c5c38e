import { LowSync, type SyncAdapter } from "lowdb";
import { occurredAt } from "../../domain/closing.js";
import { parkingKey, type StartingPosition, type StoredEvent } from "../order-feed.js";
import type { StoreAs } from "../records/record.js";
import { noSuchOrder, subscriptionBusy } from "../subscription/feed-errors.js";
import type { ParkedRecord, RequestableRecords, StoredRecord } from "../subscription/ports.js";
import type {
  Counted,
  HeldSubscription,
  PositionedEvents,
  PositionedStore,
  ReadEvents,
} from "../subscription/positioned.js";
import type { SubscriptionState } from "../subscription/progress.js";

/** What happened, and whether subscriptions are told. */
export type LoggedEvent = StoredEvent & StoreAs;

/** What subscriptions need of a store in memory: the position of an event is its index in the log. */
export class MemorySubscriptions
  implements PositionedStore<number>, PositionedEvents<number>, RequestableRecords
{
  readonly events = this;
  readonly parked = this;
  readonly #log: readonly LoggedEvent[];
  readonly #states = new Map<string, SubscriptionState<number>>();
  readonly #held = new Set<string>();
  /** What is parked, and what is requested to be retried, by subscription and key. */
  readonly #records = new Map<string, StoredRecord>();
  readonly #requests = new Set<string>();
  readonly #onChange = new Set<() => void>();

  constructor(log: readonly LoggedEvent[]) {
    this.#log = log;
  }

  /** Something happened. */
  notify(): void {
    for (const onChange of this.#onChange) onChange();
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

  count(position: number): Counted {
    const behind = this.#log.slice(position).filter(({ isImported }) => !isImported);
    return { events: behind.length, since: behind[0] ? occurredAt(behind[0].order) : null };
  }

  before(position: number): string | null {
    return this.#log[position - 1]?.order.id ?? null;
  }

  stateOf(name: string): SubscriptionState<number> | undefined {
    return this.#states.get(name);
  }

  async hold(name: string): Promise<HeldSubscription<number>> {
    if (this.#held.has(name)) throw subscriptionBusy(name, "another subscriber");
    this.#held.add(name);
    const adapter: SyncAdapter<SubscriptionState<number> | null> = {
      read: () => this.#states.get(name) ?? null,
      write: (state) => void (state && this.#states.set(name, state)),
    };
    return {
      db: new LowSync(adapter, null),
      remove: () => {
        this.#states.delete(name);
        const own = [...this.#records.keys()].filter((path) => path.startsWith(`${name}/`));
        for (const path of own) this.#records.delete(path);
        for (const path of own) this.#requests.delete(path);
      },
      release: async () => void this.#held.delete(name),
    };
  }

  watch(_name: string | undefined, onChange: () => void) {
    this.#onChange.add(onChange);
    return () => void this.#onChange.delete(onChange);
  }

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
    this.notify();
  }

  requested(name: string): readonly string[] {
    const own = [...this.#requests].filter((path) => path.startsWith(`${name}/`));
    return own.map((path) => path.slice(name.length + 1));
  }

  forgetRequest(name: string, key: string): void {
    this.#requests.delete(`${name}/${key}`);
  }
}
