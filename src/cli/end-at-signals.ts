import type { OrderStore } from "../store/order-store.js";
import type { Io } from "./io.js";

/**
 * Ends the process at a stop signal. What a server was sent may be stored though it has not said so yet: its answer
 * is waited for, so that what became of the order is printed; another signal ends the process at once.
 *
 * @param store the store, once it is open.
 */
export function endAtSignals(io: Io, store: () => OrderStore | undefined): void {
  let isEnding = false;
  io.onStop((signal) => {
    const opened = store();
    if (isEnding || opened?.stopRetrying === undefined) {
      io.endBy(signal);
      return;
    }
    isEnding = true;
    opened.stopRetrying();
    setTimeout(() => io.endBy(signal), ANSWER_TIMEOUT_MS).unref();
  });
}

/** Longer than one attempt takes to fail. */
const ANSWER_TIMEOUT_MS = 4000;
