import { setTimeout as pause } from "node:timers/promises";

const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 500;

/** Growing pauses between the attempts at one request, until its deadline. */
export class Backoff {
  readonly #deadline: number;
  readonly #onFailure: () => Promise<void>;
  #failures = 0;

  /**
   * @param deadline as of `Date.now()`.
   * @param onFailure is called before each pause.
   */
  constructor(deadline: number, onFailure: () => Promise<void>) {
    this.#deadline = deadline;
    this.#onFailure = onFailure;
  }

  /** Pauses, and returns whether there is time for another attempt. */
  async pause(): Promise<boolean> {
    // Half of it is random, so that many that failed together do not come back together.
    const most = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++);
    const wait = most * (0.5 + Math.random() / 2);
    if (Date.now() + wait >= this.#deadline) return false;
    await this.#onFailure();
    await pause(wait);
    return true;
  }
}
