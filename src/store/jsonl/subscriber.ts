import type { Order } from "../../domain/order.js";
import { OrdersError } from "../../errors.js";
import type { Delivery } from "../order-feed.js";
import type { OrdersFile } from "./orders-file.js";
import type { Parking } from "./parking.js";
import type { Position } from "./position.js";
import type { SubscriptionState } from "./subscription-file.js";

/** What a subscriber works with. A passing one keeps nothing and parks nowhere. */
export interface SubscriberDeps {
  readonly file: OrdersFile;
  readonly batch: number;
  /** Puts the state on stable storage. */
  readonly keep: (state: SubscriptionState) => void;
  /** Called when an order in hand was acknowledged or parked. */
  readonly onSettled: () => void;
  readonly parking?: Parking;
}

interface InHand {
  readonly order: Order;
  readonly end: Position;
  readonly attempt: number;
  settled: boolean;
}

/** One subscriber's way through the file: what was handed over, and what was acknowledged of it. */
export class Subscriber {
  readonly #deps: SubscriberDeps;
  #state: SubscriptionState;
  /** What an earlier subscriber handed over and did not see acknowledged. */
  readonly #earlier: { readonly to: number; readonly attempts: number };
  #readTo: Position;
  /** Read and marked as handed over, but not handed over yet. */
  readonly #ready: InHand[] = [];
  readonly #inHand: InHand[] = [];
  #unsaved = 0;

  constructor(state: SubscriptionState, deps: SubscriberDeps) {
    this.#deps = deps;
    this.#state = state;
    this.#earlier = { to: state.handedOver, attempts: state.attempts };
    this.#readTo = state.position;
  }

  /** Whether as many orders are in hand as may be. */
  get isFull(): boolean {
    return this.#inHand.length >= this.#deps.batch;
  }

  /**
   * The next order on file, or `undefined` while there is none.
   *
   * @throws {OrdersError} `store-damaged` if what was read is no longer there.
   */
  next(): Delivery | undefined {
    if (this.#ready.length === 0) this.#read();
    const next = this.#ready.shift();
    if (next === undefined) return undefined;
    this.#inHand.push(next);
    return this.#delivery(next, next.attempt);
  }

  /** Remembers what was acknowledged, and that what is only ready was never handed over. */
  end(): void {
    const handedOver = (this.#inHand.at(-1)?.end ?? this.#state.position).byte;
    const change = this.#ready.length > 0 && handedOver > this.#earlier.to ? { handedOver } : {};
    if (this.#unsaved > 0 || "handedOver" in change) this.#save(change);
  }

  #read(): void {
    const { file, batch } = this.#deps;
    const found = file.readFrom(this.#readTo, batch);
    if (found === undefined) throw gone(file, this.#readTo);
    for (const { order, end } of found) {
      const attempt = end.byte <= this.#earlier.to ? this.#earlier.attempts + 1 : 1;
      if (attempt !== (this.#ready[0]?.attempt ?? attempt)) break;
      const { id, placedAt, items } = order;
      this.#ready.push({ order: { id, placedAt, items }, end, attempt, settled: false });
    }
    const [first] = this.#ready;
    const last = this.#ready.at(-1);
    if (first === undefined || last === undefined) return;
    this.#readTo = last.end;
    file.sync(); // nobody is told of an order that a power cut could still take back
    const handedOver = Math.max(last.end.byte, this.#state.handedOver);
    this.#save({ handedOver, attempts: first.attempt });
  }

  #delivery(each: InHand, attempt: number): Delivery {
    const { order } = each;
    const { parking } = this.#deps;
    return {
      order,
      attempt,
      redelivered: attempt > 1,
      ack: async () => {
        if (attempt > 1) parking?.remove(order.id); // a crash may have come between parking and going on
        this.#settle(each);
      },
      retry: async () => {
        this.#save({ attempts: attempt + 1 });
        return this.#delivery(each, attempt + 1);
      },
      park: async (reason) => {
        parking?.park(order, attempt, reason);
        this.#settle(each);
      },
    };
  }

  /** The position follows as far as everything before it is settled. */
  #settle(each: InHand): void {
    each.settled = true;
    while (this.#inHand[0]?.settled) {
      this.#state = { ...this.#state, position: (this.#inHand.shift() as InHand).end };
      this.#unsaved++;
    }
    const idle = this.#inHand.length === 0 && this.#ready.length === 0;
    if (this.#unsaved > 0 && (idle || this.#unsaved >= this.#deps.batch)) this.#save({});
    this.#deps.onSettled();
  }

  #save(changes: Partial<SubscriptionState>): void {
    this.#state = { ...this.#state, ...changes, activeAt: new Date().toISOString() };
    this.#deps.keep(this.#state);
    this.#unsaved = 0;
  }
}

function gone({ path }: OrdersFile, { byte }: Position): OrdersError {
  return new OrdersError(
    "store-damaged",
    `the orders before byte ${byte} of ${path} are no longer those that were handed over: the file was replaced, cut or moved`,
    { hint: "put it back, or begin anew: orders subscriptions reset <name> --from <time or id>" },
  );
}
