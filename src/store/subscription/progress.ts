import type { StoredEvent } from "../order-feed.js";

/** Where a subscription is in a feed in which events have positions: all before its own are settled. */
export interface SubscriptionState<P> {
  readonly position: P;
  /** Of the first events behind the position: how many attempts were made at each, or that it is settled. */
  readonly delivered: readonly (number | "settled")[];
  /** When an order was last delivered or settled: ISO 8601, UTC; `null`: never. */
  readonly activeAt: string | null;
}

/** An event, and the position behind it. */
export interface PositionedEvent<P> extends StoredEvent {
  readonly end: P;
}

/** An event behind the position of a subscription. */
export interface Entry<P> extends PositionedEvent<P> {
  /** *noted*: about to be delivered, which counts as an attempt already. */
  state: "noted" | "taken" | "settled";
  attempts: number;
  /** Whether an earlier subscriber had it. */
  readonly isRepeated: boolean;
}

/** The way of a subscription through the events behind its position, without any reading or writing. */
export class Progress<P> {
  #position: P;
  #readTo: P;
  readonly #entries: Entry<P>[] = [];
  /** What is known of the events that were not read yet. */
  readonly #known: (number | "settled")[];

  constructor({ position, delivered }: Pick<SubscriptionState<P>, "position" | "delivered">) {
    this.#position = position;
    this.#readTo = position;
    this.#known = [...delivered];
  }

  /** Where to read on. */
  get readTo(): P {
    return this.#readTo;
  }

  /** How many events are noted, or taken and not settled. */
  count(state: "noted" | "taken"): number {
    return this.#entries.reduce((sum, entry) => sum + (entry.state === state ? 1 : 0), 0);
  }

  /** Notes events that were read; `end` is after them, and after what no subscription receives. */
  note(events: readonly PositionedEvent<P>[], end: P): void {
    for (const event of events) {
      const known = this.#known.shift();
      const entry = { ...event, isRepeated: known !== undefined };
      if (known === "settled") this.#entries.push({ ...entry, state: known, attempts: 0 });
      else this.#entries.push({ ...entry, state: "noted", attempts: (known ?? 0) + 1 });
    }
    this.#readTo = end;
    this.#advance();
  }

  /** Takes the first event that is noted. */
  take(): Entry<P> | undefined {
    const entry = this.#entries.find(({ state }) => state === "noted");
    if (entry !== undefined) entry.state = "taken";
    return entry;
  }

  /** The position follows as far as everything before it is settled. */
  settle(entry: Entry<P>): void {
    entry.state = "settled";
    this.#advance();
  }

  /** What has to be remembered if what is noted is about to be delivered, or `withdrawn`: it never will be. */
  state({ withdrawn }: { readonly withdrawn: boolean }): Omit<SubscriptionState<P>, "activeAt"> {
    const delivered = this.#entries
      .filter(({ state, isRepeated }) => !withdrawn || state !== "noted" || isRepeated)
      .map(({ state, attempts }) => {
        if (state === "settled") return state;
        return withdrawn && state === "noted" ? attempts - 1 : attempts;
      });
    return { position: this.#position, delivered: [...delivered, ...this.#known] };
  }

  #advance(): void {
    while (this.#entries[0]?.state === "settled") {
      this.#position = (this.#entries.shift() as Entry<P>).end;
    }
    if (this.#entries.length === 0) this.#position = this.#readTo;
  }
}
