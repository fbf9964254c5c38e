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
  #isConnected: boolean = true;
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
    else if (event === "connection-lost") this.#isConnected = false;
    else if (event === "connection-regained") this.#isConnected = true;
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
    let pause = LOOK_MS;
    try {
      const all = this.#isConnected && (await (await this.#store?.subscriptions())?.list());
      if (all) this.#status = all.find(({ name }) => name === this.#name);
      pause = Math.max(LOOK_MS, (performance.now() - begun) * 20);
    } catch {
      // The connection is lost, or the store closed.
    }
    if (this.#store === undefined) return;
    this.#looking = setTimeout(() => void this.#look(), pause).unref();
  }
}

const LOOK_MS = 1000;
