import { setTimeout as pause } from "node:timers/promises";

const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 500;

/** Growing pauses between the attempts at one request, until its end. */
export class Backoff {
  readonly #end: BackoffEnd;
  readonly #onFailure: () => Promise<void>;
  #failures = 0;

  /** @param onFailure is called before each pause. */
  constructor(end: BackoffEnd, onFailure: () => Promise<void>) {
    this.#end = end;
    this.#onFailure = onFailure;
  }

  /** Pauses, and returns whether there is to be another attempt. */
  async pause(): Promise<boolean> {
    // Half of it is random, so that many that failed together do not come back together.
    const most = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++);
    const wait = most * (0.5 + Math.random() / 2);
    const { at, signal } = this.#end;
    if (signal.aborted || Date.now() + wait >= at) return false;
    await this.#onFailure();
    await pause(wait, undefined, { signal }).catch(() => {});
    return !signal.aborted;
  }
}

/** When there are to be no more attempts. */
interface BackoffEnd {
  /** As of `Date.now()`. */
  readonly at: number;
  readonly signal: AbortSignal;
}
