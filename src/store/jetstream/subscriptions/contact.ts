import { OrdersError } from "../../../errors.js";
import type { OpenOptions } from "../../subscription/ports.js";
import { isTransient, serverFailure } from "../server/failures.js";
import type { ServerConnection } from "../server/server-connection.js";

/** How long a server may leave a subscriber waiting before the connection counts as lost. */
const SILENCE_LIMIT_MS = 3000;

/** Whether a subscriber has contact with its server: tells when it is lost, and when regained. */
export class Contact {
  readonly #shown: string;
  readonly #options: OpenOptions;
  readonly #ending: AbortSignal;
  readonly #givingUp = new AbortController();
  #isLost: boolean = false;
  #timer: NodeJS.Timeout | undefined;
  /** Nobody waits for it any more. */
  readonly end: () => void;

  /** @param onReconnect is called when the server may have forgotten what it was asked for. */
  constructor(server: ServerConnection, options: OpenOptions, onReconnect: () => void) {
    this.#shown = server.location.shown;
    this.#options = options;
    const { signal } = this.#givingUp;
    this.#ending = AbortSignal.any(options.signal ? [signal, options.signal] : [signal]);
    const stopListening = server.onStatus((status) => {
      if (status === "online") onReconnect();
      else if (status === "offline") this.#lose();
      else this.#giveUp(serverFailure("watch", this.#shown, status));
    });
    this.end = () => {
      clearTimeout(this.#timer);
      stopListening();
    };
  }

  get isLost(): boolean {
    return this.#isLost;
  }

  /** @throws {OrdersError} there was none for as long as the subscriber waits, or the server refuses what it needs. */
  check(): void {
    this.#givingUp.signal.throwIfAborted();
  }

  /** Does something, and waits for a server for as long as that takes, or until the subscriber ends. */
  async keepTrying(action: () => Promise<void>): Promise<void> {
    const silence = setTimeout(() => this.#lose(), SILENCE_LIMIT_MS);
    const ended = new Promise<"ended">((resolve) => {
      this.#ending.addEventListener("abort", () => resolve("ended"), { once: true });
    });
    try {
      for (let outcome = "no server"; outcome === "no server" && !this.#ending.aborted; ) {
        const trying = attempt(action);
        outcome = await Promise.race([trying, ended]);
        trying.catch(() => {}); // once it has ended nobody waits for it
        if (outcome === "done") this.#regain();
      }
    } finally {
      clearTimeout(silence);
    }
  }

  #lose(): void {
    if (this.#isLost) return;
    this.#isLost = true;
    const { giveUpAfterMs, onConnection } = this.#options;
    if (giveUpAfterMs !== undefined) {
      const message = `cannot watch: no contact with the server: ${this.#shown}`;
      const failure = new OrdersError("server-unreachable", message);
      this.#timer = setTimeout(() => this.#giveUp(failure), giveUpAfterMs);
    }
    onConnection?.("lost");
  }

  #regain(): void {
    if (!this.#isLost) return;
    this.#isLost = false;
    clearTimeout(this.#timer);
    this.#options.onConnection?.("regained");
  }

  #giveUp(failure: unknown): void {
    this.#givingUp.abort(failure);
    this.#options.changed.notify();
  }
}

async function attempt(action: () => Promise<void>): Promise<"done" | "no server"> {
  try {
    await action();
    return "done";
  } catch (error) {
    if (isTransient((error as Error).cause)) return "no server";
    throw error;
  }
}
