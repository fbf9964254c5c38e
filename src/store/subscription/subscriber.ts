import { OrdersError } from "../../errors.js";
import { nextTurn } from "../next-turn.js";
import { type AttemptOptions, type Delivery, type FeedOptions, parkingKey } from "../order-feed.js";
import type { OpenSubscription, ParkedRecords, PendingEvent } from "./ports.js";
import type { Signal } from "./signal.js";
import { type Action, after, type EventState } from "./state.js";

/** What a subscriber works with. */
export interface SubscriberDeps {
  readonly open: OpenSubscription;
  /** Where it parks. */
  readonly parked: ParkedRecords;
  readonly options: FeedOptions;
  /** Notified whenever there may be something to do. */
  readonly changed: Signal;
}

/** One reader of a subscription, for as long as it reads: delivers events, and notes what becomes of them. */
export class Subscriber {
  readonly #deps: SubscriberDeps;
  /** Attempts at what was parked before it began. */
  readonly #parkedAttempts: ReadonlyMap<string, number>;
  #lastNumber: number;
  readonly #inFlight = new Set<InFlight>();
  /** Those that were returned, and are delivered again before any other. */
  readonly #returned: InFlight[] = [];
  #delivered = 0;
  #hasEnded: boolean = false;

  constructor(deps: SubscriberDeps) {
    const { parked } = deps.open;
    this.#deps = deps;
    this.#parkedAttempts = new Map(parked.map((each) => [parkingKey(each), each.attempts]));
    this.#lastNumber = Math.max(0, ...parked.map(({ number }) => number));
  }

  /** Delivers until the signal to end or, if that is wanted, nothing is waiting. */
  async *deliveries(): AsyncGenerator<Delivery, void> {
    const { open, options, changed } = this.#deps;
    const { signal, batch = 1, untilCaughtUp = false, onReady } = options;
    signal?.addEventListener("abort", changed.notify);
    let mayBeSettled = false;
    try {
      onReady?.({ resumed: open.resumed });
      while (!signal?.aborted) {
        const room = batch - this.#inFlight.size;
        const next = await this.#next(room);
        if (next !== undefined) {
          this.#inFlight.add(next);
          yield this.#delivery(next);
          if (batch === 1 && next.settling === undefined && !signal?.aborted) throw unsettled(next);
          await nextTurn(); // a signal is heard in a backlog too
        } else if (untilCaughtUp && room > 0 && ((await open.isCaughtUp?.()) ?? true)) break;
        else await changed.wait();
      }
      mayBeSettled = batch > 1; // one by one, who asks for the next order has given up the one before
    } finally {
      signal?.removeEventListener("abort", changed.notify);
      await this.#end(mayBeSettled);
    }
  }

  async #next(room: number): Promise<InFlight | undefined> {
    for (
      let first = this.#returned[0];
      first !== undefined && room > 0;
      first = this.#returned[0]
    ) {
      await this.#hear(first);
      const isDropped = first.state === "dropped";
      if (isDropped) await first.pending.settle();
      else await first.pending.begin(first.attempt);
      this.#returned.shift();
      if (!isDropped) return first;
    }
    for (const source of this.#deps.open.sources) {
      const pending = await source.next(room);
      if (pending === undefined) continue;
      const { retryOf, attempt, isRepeated } = pending;
      const key = parkingKey(pending);
      const parkedAttempts = retryOf?.attempts ?? this.#parkedAttempts.get(key);
      const state = retryOf === undefined ? "in flight" : "retried";
      const number = ++this.#delivered;
      return { pending, key, number, parkedAttempts, attempt, isRepeated, state };
    }
    return undefined;
  }

  #delivery(each: InFlight): Delivery {
    const { event, order } = each.pending;
    const { parkedAttempts = 0 } = each;
    const attempt = parkedAttempts + each.attempt;
    return {
      event,
      order,
      attempt,
      firstAttempt: parkedAttempts + 1,
      redelivered: each.isRepeated || attempt > 1,
      ack: () => this.#settle(each, "ack", () => this.#acknowledge(each)),
      nack: (options) => this.#settle(each, "nack", () => this.#return(each, options)),
      park: (reason, options) =>
        this.#settle(each, "park", () => this.#park(each, reason, options)),
    };
  }

  /** Does it once. If it fails, this or something else can still be done. */
  async #settle(each: InFlight, by: Settling["by"], action: () => Promise<void>): Promise<void> {
    if (each.settling?.by === by) return each.settling.done;
    if (each.settling !== undefined) throw alreadySettled(each, each.settling.by);
    const done = action();
    each.settling = { by, done };
    try {
      await done;
      this.#inFlight.delete(each);
      this.#deps.changed.notify();
    } catch (error) {
      each.settling = undefined;
      throw error;
    }
  }

  /** No longer parked before no longer waiting: a crash in between delivers it again. */
  async #acknowledge(each: InFlight): Promise<void> {
    const { subscription } = this.#deps.options;
    const { key, pending, parkedAttempts } = each;
    if (subscription !== undefined && parkedAttempts !== undefined) {
      await this.#deps.parked.delete(subscription, key);
    }
    await pending.settle();
    change(each, "ack");
  }

  async #park(
    each: InFlight,
    reason: string,
    { counted = true }: AttemptOptions = {},
  ): Promise<void> {
    const { options, parked } = this.#deps;
    const { subscription } = options;
    await this.#hear(each);
    if (subscription !== undefined && after(each.state, "park") !== "done") {
      const { event, order } = each.pending;
      const attempts = (each.parkedAttempts ?? 0) + each.attempt - (counted ? 0 : 1);
      const parkedAt = new Date().toISOString();
      const now = { number: ++this.#lastNumber, retryAttempts: 0 };
      await parked.put({ subscription, event, order, reason, attempts, parkedAt, ...now });
    }
    await each.pending.settle();
    change(each, "park");
  }

  async #return(each: InFlight, { counted = true }: AttemptOptions = {}): Promise<void> {
    const attempts = counted ? each.attempt : each.attempt - 1;
    if (this.#hasEnded) return each.pending.release(attempts);
    const again = { ...each, attempt: attempts + 1, isRepeated: true };
    this.#returned.push(again);
    this.#returned.sort((one, other) => one.number - other.number);
  }

  /** Learns what others did to an event that is retried. */
  async #hear(each: InFlight): Promise<void> {
    const { options, parked } = this.#deps;
    if (each.pending.retryOf === undefined || options.subscription === undefined) return;
    const record = await parked.get(options.subscription, each.key);
    if (record === undefined) change(each, "drop");
    else if (record.isRetryRequested) change(each, "retry");
  }

  /** What is in flight goes back, unless it may still be settled. */
  async #end(mayBeSettled: boolean): Promise<void> {
    await Promise.allSettled([...this.#inFlight].map(({ settling }) => settling?.done));
    this.#hasEnded = true;
    try {
      for (const { pending, attempt } of this.#returned) await pending.release(attempt - 1);
      for (const each of mayBeSettled ? [] : this.#inFlight) {
        each.settling = { by: "end", done: each.pending.release(each.attempt) };
        await each.settling.done;
      }
    } finally {
      await this.#deps.open.close();
    }
  }
}

/** An event that was delivered, or will be again. */
interface InFlight {
  readonly pending: PendingEvent;
  /** See {@link parkingKey}. */
  readonly key: string;
  /** The how-manieth event it is that the subscriber got. */
  readonly number: number;
  /** Attempts before it was parked; `undefined`: it was not. */
  readonly parkedAttempts: number | undefined;
  /** Which attempt this is since then, from 1. */
  readonly attempt: number;
  readonly isRepeated: boolean;
  state: EventState;
  /** How the delivery was settled, or is being settled. */
  settling?: Settling | undefined;
}

interface Settling {
  readonly by: "ack" | "nack" | "park" | "end";
  readonly done: Promise<void>;
}

function change(each: InFlight, action: Action): void {
  each.state = after(each.state, action) ?? each.state;
}

function alreadySettled({ pending: { order } }: InFlight, by: Settling["by"]): OrdersError {
  const how = {
    ack: "is already acknowledged",
    nack: "is already returned",
    park: "is already parked",
    end: "was returned when its subscriber ended",
  };
  return new OrdersError("invalid-usage", `order ${order.id} ${how[by]}`);
}

function unsettled({ pending: { order } }: InFlight): OrdersError {
  return new OrdersError("invalid-usage", `order ${order.id} was not acknowledged`, {
    hint: "call ack(), nack() or park() on each delivery, or allow several in flight with batch",
  });
}
