import type { OrderStore } from "../../../store/order-store.js";
import type { SubscriptionStatus } from "../../../store/subscriptions.js";
import type { Happening } from "./happenings.js";
import type { Summary } from "./screen.js";

/** Tells how much is left to handle: "3 waiting, 1 in flight, 0 parked, 12/min". */
export class Backlog implements Summary {
  readonly #name: string | undefined;
  readonly #now: () => Date;
  readonly #inFlight: () => number;
  #store: OrderStore | undefined;
  /** `undefined`: it has no name, or was not looked at yet. */
  #status: SubscriptionStatus | undefined;
  /** When events were done with, in the last minute. */
  #done: number[] = [];
  #looking: NodeJS.Timeout | undefined;

  constructor(name: string | undefined, now: () => Date, inFlight: () => number) {
    this.#name = name;
    this.#now = now;
    this.#inFlight = inFlight;
  }

  prepare(store: OrderStore): void {
    this.#store = store;
  }

  note({ event }: Happening): void {
    if (event === "acknowledged" || event === "parked") this.#done.push(this.#now().getTime());
    else if (event === "started" && this.#name !== undefined) void this.#look();
    else if (event === "stopped") {
      clearTimeout(this.#looking);
      this.#store = undefined;
    }
  }

  texts(): readonly string[] {
    const minuteAgo = this.#now().getTime() - 60_000;
    this.#done = this.#done.filter((at) => at > minuteAgo);
    const { waiting = null, parked = "?" } = this.#status ?? {};
    const flight = `${this.#inFlight()} in flight`;
    const counts =
      this.#name === undefined ? flight : `${waiting ?? "?"} waiting, ${flight}, ${parked} parked`;
    const rated = `${counts}, ${this.#done.length}/min`;
    return [`${rated}  ${this.#store?.location}`, rated, counts];
  }

  /** Again and again, for others place, retry and drop orders: the longer it takes, the less often. */
  async #look(): Promise<void> {
    const begun = performance.now();
    try {
      const all = await (await this.#store?.subscriptions())?.list();
      this.#status = all?.find(({ name }) => name === this.#name);
    } catch {
      // The connection is lost, or the store closed.
    }
    if (this.#store === undefined) return;
    const pause = Math.max(LOOK_MS, (performance.now() - begun) * 20);
    this.#looking = setTimeout(() => void this.#look(), pause).unref();
  }
}

const LOOK_MS = 1000;
