import { OrdersError } from "../../../errors.js";
import { parkingKey, type StoredEvent } from "../../order-feed.js";
import type { StoreDelivery as Delivery } from "../../subscription/settle-once.js";
import type { OrdersFile } from "../orders/orders-file.js";
import type { EventsReader } from "./events-reader.js";
import type { Parking } from "./parking.js";
import type { Position } from "./position.js";
import type { SubscriptionState } from "./subscription-file.js";

/** One subscriber's way through the file: what was delivered, and what was acknowledged of it. */
export class Subscriber {
  readonly #deps: SubscriberDeps;
  /** What an earlier subscriber delivered and did not see acknowledged. */
  readonly #earlier: { readonly deliveredTo: number; readonly attempts: number };
  #readTo: Position;
  /** Read and stored as delivered, but not delivered yet. */
  readonly #ready: InFlight[] = [];
  readonly #inFlight: InFlight[] = [];
  /** How many acknowledgements are not durable yet. */
  #unsaved = 0;
  #hasEnded: boolean = false;

  constructor(deps: SubscriberDeps) {
    const { position, deliveredTo, attempts } = deps.state.data;
    this.#deps = deps;
    this.#earlier = { deliveredTo, attempts };
    this.#readTo = position;
  }

  /** Whether as many orders are in flight as may be. */
  get isFull(): boolean {
    return this.#inFlight.length >= this.#deps.batch;
  }

  /**
   * The next order on file; `undefined` while there is none.
   *
   * @throws {OrdersError} `store-damaged` if what was read is no longer there.
   */
  next(): Delivery | undefined {
    if (this.#ready.length === 0) this.#read();
    const next = this.#ready.shift();
    if (next === undefined) return undefined;
    this.#inFlight.push(next);
    return this.#delivery(next, next.attempt);
  }

  /** Stores what was acknowledged, and that what is only ready was never delivered. */
  end(): void {
    const deliveredTo = (this.#inFlight.at(-1)?.end ?? this.#deps.state.data.position).byte;
    const changes =
      this.#ready.length > 0 && deliveredTo > this.#earlier.deliveredTo ? { deliveredTo } : {};
    if (this.#unsaved > 0 || "deliveredTo" in changes) this.#save(changes);
    this.#hasEnded = true;
  }

  #read(): void {
    const { reader, file, batch, state } = this.#deps;
    const found = reader.readFrom(this.#readTo, batch);
    if (found === undefined) throw gone(reader, this.#readTo);
    const { events, passedTo } = found;
    if (events.length === 0 && passedTo !== undefined) this.#pass(passedTo);
    for (const { event, order, end } of events) {
      const isRepeated = end.byte <= this.#earlier.deliveredTo;
      const attempt = isRepeated ? this.#earlier.attempts + 1 : 1;
      // Only as many as have the same number of attempts, for the state holds one number for all.
      if (attempt !== (this.#ready[0]?.attempt ?? attempt)) break;
      this.#ready.push({ event, order, end, attempt, isRepeated, settled: false });
    }
    const [first] = this.#ready;
    const last = this.#ready.at(-1);
    if (first === undefined || last === undefined) return;
    this.#readTo = last.end;
    file.sync(); // no order is delivered that a power cut could still take back
    const deliveredTo = Math.max(last.end.byte, state.data.deliveredTo);
    this.#save({ deliveredTo, attempts: first.attempt });
  }

  /** Goes on behind what no subscription is told of. */
  #pass(to: Position): void {
    this.#readTo = to;
    if (this.#inFlight.length > 0) return;
    this.#deps.state.data.position = to;
    this.#save({ deliveredTo: Math.max(to.byte, this.#deps.state.data.deliveredTo) });
  }

  #delivery(each: InFlight, attempt: number): Delivery {
    const { event, order } = each;
    const { parking } = this.#deps;
    return {
      event,
      order,
      attempt,
      parkedAttempts: 0, // a retry of what is parked comes from Retries
      redelivered: each.isRepeated,
      ack: async () => {
        if (each.isRepeated) parking?.remove(parkingKey(each)); // parked before a crash that came in between
        this.#settle(each);
      },
      retry: async () => this.#attempt(each, attempt + 1),
      withdrawAttempt: async () => this.#attempt(each, attempt - 1),
      park: async (reason) => {
        parking?.park(each, attempt, reason);
        this.#settle(each);
      },
    };
  }

  #attempt(each: InFlight, attempt: number): Delivery {
    each.isRepeated = true;
    this.#save({ attempts: attempt });
    return this.#delivery(each, attempt);
  }

  /** The position follows as far as everything before it is settled. */
  #settle(each: InFlight): void {
    each.settled = true;
    while (this.#inFlight[0]?.settled) {
      this.#deps.state.data.position = (this.#inFlight.shift() as InFlight).end;
      this.#unsaved++;
    }
    const isIdle = this.#inFlight.length === 0 && this.#ready.length === 0;
    const isDue = isIdle || this.#hasEnded || this.#unsaved >= this.#deps.batch;
    if (this.#unsaved > 0 && isDue) this.#save({});
    this.#deps.onSettled();
  }

  #save(changes: Partial<SubscriptionState>): void {
    this.#deps.state.update((state) => {
      Object.assign(state, changes, { activeAt: new Date().toISOString() });
    });
    this.#unsaved = 0;
  }
}

/** What a subscriber works with. An ephemeral one stores nothing and parks nowhere. */
export interface SubscriberDeps {
  readonly reader: EventsReader;
  readonly file: OrdersFile;
  readonly batch: number;
  /** A lowdb database, or what looks like one: `update` makes the data durable. */
  readonly state: {
    readonly data: SubscriptionState;
    update(change: (state: SubscriptionState) => void): void;
  };
  /** Called when an order in flight was acknowledged or parked. */
  readonly onSettled: () => void;
  readonly parking?: Parking;
}

interface InFlight extends StoredEvent {
  readonly end: Position;
  readonly attempt: number;
  /** It was delivered before, if only by an attempt that was withdrawn. */
  isRepeated: boolean;
  settled: boolean;
}

function gone({ path }: EventsReader, { byte }: Position): OrdersError {
  return new OrdersError(
    "store-damaged",
    `the orders before byte ${byte} of ${path} are not those that were delivered: the file was replaced, cut or moved`,
    { hint: "restore it, or start over: orders subscriptions reset <name> --from <time or id>" },
  );
}
