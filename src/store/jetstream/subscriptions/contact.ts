import { OrdersError } from "../../../errors.js";
import type { OpenOptions } from "../../subscription/ports.js";
import { serverFailure } from "../server/failures.js";
import type { ServerConnection } from "../server/server-connection.js";

/** Whether a subscriber has contact with its server: tells when it is lost, and when regained. */
export class Contact {
  readonly #shown: string;
  readonly #options: OpenOptions;
  #isLost: boolean = false;
  #failure: unknown;
  #timer: NodeJS.Timeout | undefined;
  /** Nobody waits for it any more. */
  readonly end: () => void;

  constructor(server: ServerConnection, options: OpenOptions) {
    this.#shown = server.location.shown;
    this.#options = options;
    const stopListening = server.onStatus((status) => {
      if (status === "offline") this.lose();
    });
    this.end = () => {
      clearTimeout(this.#timer);
      stopListening();
    };
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** @throws {OrdersError} there was none for as long as the subscriber waits, or waiting will not help. */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** The server does not answer. */
  lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    const { giveUpAfterMs, onConnection } = this.#options;
    if (giveUpAfterMs !== undefined) {
      const message = `cannot watch: no contact with the server: ${this.#shown}`;
      const failure = new OrdersError("server-unreachable", message);
      this.#timer = setTimeout(() => this.giveUp(failure), giveUpAfterMs);
    }
    onConnection?.("lost");
  }

  /** It answers. */
  regain(): void {
    if (!this.#isLost) return;
    this.#isLost = false;
    clearTimeout(this.#timer);
    this.#options.onConnection?.("regained");
  }

  /** Waiting will not help. */
  giveUp(failure: unknown): void {
    this.#failure ??= serverFailure("watch", this.#shown, failure);
    this.#options.changed.notify();
  }
}
