import { OrdersError } from "../../../errors.js";
import type { FeedOptions } from "../../order-feed.js";
import { serverFailure } from "../server/failures.js";

/** Whether a subscriber has contact with its server: tells when it is lost, and when regained. */
export class Contact {
  readonly #options: FeedOptions;
  readonly #shown: string;
  readonly #givingUp = new AbortController();
  #isLost: boolean = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param shown the location, without secrets. */
  constructor(shown: string, options: FeedOptions) {
    this.#shown = shown;
    this.#options = options;
  }

  /** Whether there is none at the moment. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Aborted, with what to throw, once there was no contact for as long as the subscriber waits. */
  get givenUp(): AbortSignal {
    return this.#givingUp.signal;
  }

  lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    const { giveUpAfterMs, onConnection } = this.#options;
    if (giveUpAfterMs !== undefined) {
      this.#timer = setTimeout(() => this.#giveUp(), giveUpAfterMs);
    }
    onConnection?.("lost");
  }

  regain(): void {
    if (!this.#isLost) return;
    this.end();
    this.#options.onConnection?.("regained");
  }

  /** Nobody waits for it any more. */
  end(): void {
    this.#isLost = false;
    clearTimeout(this.#timer);
  }

  /** The server refuses what the subscriber needs. */
  refuse(error: Error): void {
    this.#givingUp.abort(serverFailure("watch", this.#shown, error));
  }

  #giveUp(): void {
    const message = `cannot watch: no contact with the server: ${this.#shown}`;
    this.#givingUp.abort(new OrdersError("server-unreachable", message));
  }
}
