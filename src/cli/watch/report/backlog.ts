import type { OrderStore } from "../../../store/order-store.js";
import type { SubscriptionStatus } from "../../../store/subscriptions.js";
import type { Summary } from "./screen.js";

/** Tells how much is left to handle: "3 waiting, 1 in flight, 0 parked, 12/min". */
export function backlog(
  name: string | undefined,
  now: () => Date,
  inFlight: () => number,
): Summary {
  let store: OrderStore | undefined;
  /** `undefined`: it has no name, or was not looked at yet. */
  let status: SubscriptionStatus | undefined;
  /** When events were done with, in the last minute. */
  let done: number[] = [];
  let isConnected = true;
  let looking: NodeJS.Timeout | undefined;

  /** Again and again, for others place, retry and drop orders: the longer it takes, the less often. */
  const look = async (): Promise<void> => {
    const begun = performance.now();
    let pause = LOOK_MS;
    try {
      const all = isConnected && (await (await store?.subscriptions())?.list());
      if (all) status = all.find((each) => each.name === name);
      pause = Math.max(LOOK_MS, (performance.now() - begun) * 20);
    } catch {
      // The connection is lost, or the store closed.
    }
    if (store === undefined) return;
    looking = setTimeout(() => void look(), pause).unref();
  };

  return {
    prepare(opened) {
      store = opened;
    },
    note({ event }) {
      if (event === "acknowledged" || event === "parked") done.push(now().getTime());
      else if (event === "started" && name !== undefined) void look();
      else if (event === "connection-lost") isConnected = false;
      else if (event === "connection-regained") isConnected = true;
      else if (event === "stopped") {
        clearTimeout(looking);
        store = undefined;
      }
    },
    texts() {
      const minuteAgo = now().getTime() - 60_000;
      done = done.filter((at) => at > minuteAgo);
      const { waiting = null, parked = "?" } = status ?? {};
      const flight = `${inFlight()} in flight`;
      const counts =
        name === undefined ? flight : `${waiting ?? "?"} waiting, ${flight}, ${parked} parked`;
      const rated = `${counts}, ${done.length}/min`;
      return [`${rated}  ${store?.location}`, rated, counts];
    },
  };
}

const LOOK_MS = 1000;
