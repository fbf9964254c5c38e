import { OrdersError } from "../../errors.js";
import { nextTurn } from "../next-turn.js";
import { type AttemptOptions, type Delivery, type FeedOptions, parkingKey } from "../order-feed.js";
import type { OpenSubscription, ParkedRecords, PendingEvent } from "./ports.js";
import type { Signal } from "./signal.js";
import { type Action, type EventState, stateAfter } from "./state.js";

/** What a subscriber works with. */
export interface SubscriberDeps {
  readonly open: OpenSubscription;
  /** Where it parks, if its subscription has a name. */
  readonly parked: ParkedRecords;
  readonly options: FeedOptions;
  /** Notified whenever there may be something to do. */
  readonly changed: Signal;
}

/** One reader of a subscription, for as long as it reads: delivers events, and does what becomes of them. */
export class Subscriber {
  readonly #deps: SubscriberDeps;
  /** Attempts at what is parked, as far as this subscriber knows. */
  readonly #parkedAttempts = new Map<string, number>();
  #lastNumber = 0;
  readonly #inFlight = new Set<Attempt>();
  /** Those that are delivered again before any other. */
  readonly #returned: Attempt[] = [];
  #taken = 0;
  #hasEnded: boolean = false;

  constructor(deps: SubscriberDeps) {
    this.#deps = deps;
    for (const record of deps.open.parked) {
      this.#parkedAttempts.set(parkingKey(record), record.attempts);
      this.#lastNumber = Math.max(this.#lastNumber, record.number);
    }
  }

  /** Delivers until the signal to end or, if that is wanted, nothing is waiting. */
  async *deliveries(): AsyncGenerator<Delivery, void> {
    const { open, options, changed } = this.#deps;
    const { signal, batch = 1, untilCaughtUp = false, onReady } = options;
    signal?.addEventListener("abort", changed.notify);
    const canEnd = (room: number) =>
      untilCaughtUp === "settled" ? room === batch : untilCaughtUp && room > 0;
    let mayBeSettled = false;
    try {
      onReady?.({ resumed: open.resumed });
      while (!signal?.aborted) {
        const room = batch - this.#inFlight.size;
        const next = (await this.#again(room)) ?? (await this.#take(room));
        if (next !== undefined) {
          change(next, "deliver");
          this.#inFlight.add(next);
          yield this.#delivery(next);
          if (batch === 1 && next.settling === undefined && !signal?.aborted) throw unsettled(next);
          await nextTurn(); // a signal is heard in a backlog too
        } else if (canEnd(room) && ((await open.isCaughtUp?.()) ?? true)) break;
        else await changed.wait();
      }
      mayBeSettled = batch > 1; // one by one, asking for the next order gives up the one before
    } finally {
      signal?.removeEventListener("abort", changed.notify);
      await this.#end(mayBeSettled);
    }
  }

  /** The first of those that were returned. */
  async #again(room: number): Promise<Attempt | undefined> {
    for (const first of room > 0 ? [...this.#returned] : []) {
      await this.#hear(first);
      if (first.state === "done") await first.pending.settle();
      else await first.pending.begin(first.number);
      this.#returned.shift();
      if (first.state !== "done") return first;
    }
    return undefined;
  }

  /** The first attempt at the next event. */
  async #take(room: number): Promise<Attempt | undefined> {
    for (const source of this.#deps.open.sources) {
      const pending = await source.next(room);
      if (pending === undefined) continue;
      const { retryOf, attempt: number, isRepeated } = pending;
      const parkedAttempts = retryOf?.attempts ?? this.#parkedAttempts.get(parkingKey(pending));
      const state = retryOf === undefined ? "waiting" : "requested";
      return { pending, place: ++this.#taken, parkedAttempts, number, isRepeated, state };
    }
    return undefined;
  }

  #delivery(each: Attempt): Delivery {
    const { event, order } = each.pending;
    const attempt = attemptsOf(each);
    return {
      event,
      order,
      attempt,
      firstAttempt: attempt - each.number + 1,
      redelivered: each.isRepeated || each.pending.retryOf !== undefined || attempt > 1,
      ack: () => this.#settle(each, "ack", () => this.#acknowledge(each)),
      nack: (options) => this.#settle(each, "nack", () => this.#return(each, options)),
      park: (reason, options) =>
        this.#settle(each, "park", () => this.#park(each, reason, options)),
    };
  }

  /** Does it once. If it fails, this or something else can still be done. */
  async #settle(each: Attempt, by: Settling["by"], action: () => Promise<void>): Promise<void> {
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

  /** No longer parked before no longer waiting: after a crash in between it is delivered again. */
  async #acknowledge(each: Attempt): Promise<void> {
    const { options, parked } = this.#deps;
    const { pending, parkedAttempts } = each;
    if (options.subscription !== undefined && parkedAttempts !== undefined) {
      await parked.delete(options.subscription, parkingKey(pending));
      this.#parkedAttempts.delete(parkingKey(pending));
    }
    await pending.settle();
    change(each, "ack");
  }

  async #park(each: Attempt, reason: string, options: AttemptOptions = {}): Promise<void> {
    const { subscription } = this.#deps.options;
    await this.#hear(each);
    if (subscription !== undefined && stateAfter(each.state, "park") !== "done") {
      const { event, order } = each.pending;
      const attempts = attemptsOf(each) - (options.counted === false ? 1 : 0);
      const parkedAt = new Date().toISOString();
      const parked = { subscription, event, order, reason, attempts, parkedAt };
      await this.#deps.parked.put({ ...parked, number: ++this.#lastNumber, retryAttempts: 0 });
      this.#parkedAttempts.set(parkingKey(parked), attempts); // a reset can deliver it to this subscriber again
    }
    await each.pending.settle();
    change(each, "park");
  }

  async #return(each: Attempt, { counted = true }: AttemptOptions = {}): Promise<void> {
    const made = counted ? each.number : each.number - 1;
    if (this.#hasEnded) return each.pending.release(made);
    const next: Attempt = { ...each, number: made + 1, isRepeated: true, settling: undefined };
    change(next, "nack");
    this.#returned.push(next);
    this.#returned.sort((one, other) => one.place - other.place);
  }

  /** Learns what others did to an event that is retried. */
  async #hear(each: Attempt): Promise<void> {
    const { options, parked } = this.#deps;
    if (each.pending.retryOf === undefined || options.subscription === undefined) return;
    const record = await parked.get(options.subscription, parkingKey(each.pending));
    if (record === undefined) change(each, "drop");
    else if (record.isRetryRequested) change(each, "retry");
  }

  /** What is in flight goes back, unless it may still be settled. What cannot be given back comes again later. */
  async #end(mayBeSettled: boolean): Promise<void> {
    await Promise.allSettled([...this.#inFlight].map(({ settling }) => settling?.done));
    this.#hasEnded = true;
    for (const { pending, number } of this.#returned) {
      await pending.release(number - 1).catch(() => {});
    }
    for (const each of mayBeSettled ? [] : this.#inFlight) {
      each.settling = { by: "end", done: each.pending.release(each.number).catch(() => {}) };
      await each.settling.done;
    }
    await this.#deps.open.close();
  }
}

/** An attempt at an event, that is made or will be. */
interface Attempt {
  readonly pending: PendingEvent;
  /** The how-manieth event it is that the subscriber took. */
  readonly place: number;
  /** Attempts before the event was parked; `undefined`: it was not. */
  readonly parkedAttempts: number | undefined;
  /** Which attempt it is since then, from 1. */
  readonly number: number;
  readonly isRepeated: boolean;
  state: EventState;
  /** How the delivery was settled, or is being settled. */
  settling?: Settling | undefined;
}

interface Settling {
  readonly by: "ack" | "nack" | "park" | "end";
  readonly done: Promise<void>;
}

/** How many attempts there were, this one included. */
function attemptsOf({ parkedAttempts = 0, number }: Attempt): number {
  return parkedAttempts + number;
}

function change(each: Attempt, action: Action): void {
  each.state = stateAfter(each.state, action) ?? each.state;
}

function alreadySettled({ pending: { order } }: Attempt, by: Settling["by"]): OrdersError {
  const how = {
    ack: "is already acknowledged",
    nack: "is already returned",
    park: "is already parked",
    end: "was returned when its subscriber ended",
  };
  return new OrdersError("invalid-usage", `order ${order.id} ${how[by]}`);
}

function unsettled({ pending: { order } }: Attempt): OrdersError {
  return new OrdersError("invalid-usage", `order ${order.id} was not acknowledged`, {
    hint: "call ack(), nack() or park() on each delivery, or allow several in flight with batch",
  });
}
