import { OrdersError } from "../../../errors.js";
import type { OpenOptions } from "../../subscription/ports.js";
import { isTransient, serverFailure } from "../server/failures.js";
import type { ConnectionStatus, ServerConnection } from "../server/server-connection.js";

/** How long a server may leave a subscriber waiting before the connection counts as lost. */
const SILENCE_LIMIT_MS = 3000;

/** Whether a subscriber has contact with its server: tells when it is lost, and when regained. */
export class Contact {
  readonly #server: ServerConnection;
  readonly #options: OpenOptions;
  readonly #givingUp = new AbortController();
  readonly #stopListening: () => void;
  #state: "there" | "lost" = "there";
  #timer: NodeJS.Timeout | undefined;

  /** @param onReconnect is called when the server may have forgotten what it was asked for. */
  constructor(server: ServerConnection, options: OpenOptions, onReconnect: () => void) {
    this.#server = server;
    this.#options = options;
    this.#stopListening = server.onStatus((status) => this.#notice(status, onReconnect));
  }

  get isLost(): boolean {
    return this.#state === "lost";
  }

  /** @throws {OrdersError} there was none for as long as the subscriber waits, or the server refuses what it needs. */
  check(): void {
    this.#givingUp.signal.throwIfAborted();
  }

  /** Does something, and waits for a server for as long as that takes, or until the subscriber ends. */
  async keepTrying(action: () => Promise<void>): Promise<void> {
    const { signal = new AbortController().signal } = this.#options;
    const ending = AbortSignal.any([signal, this.#givingUp.signal]);
    const silence = setTimeout(() => this.#lose(), SILENCE_LIMIT_MS);
    try {
      while (!ending.aborted) {
        if (await unlessAborted(succeeds(action), ending)) return this.#regain();
      }
    } finally {
      clearTimeout(silence);
    }
  }

  /** Nobody waits for it any more. */
  end(): void {
    clearTimeout(this.#timer);
    this.#stopListening();
  }

  #notice(status: ConnectionStatus, onReconnect: () => void): void {
    if (status instanceof Error) {
      this.#giveUp(serverFailure("watch", this.#server.location.shown, status));
    } else if (status === "offline") this.#lose();
    else onReconnect();
  }

  #lose(): void {
    if (this.isLost) return;
    this.#state = "lost";
    const { giveUpAfterMs, onConnection } = this.#options;
    if (giveUpAfterMs !== undefined) {
      const message = `cannot watch: no contact with the server: ${this.#server.location.shown}`;
      const failure = new OrdersError("server-unreachable", message);
      this.#timer = setTimeout(() => this.#giveUp(failure), giveUpAfterMs);
    }
    onConnection?.("lost");
  }

  #regain(): void {
    if (!this.isLost) return;
    this.#state = "there";
    clearTimeout(this.#timer);
    this.#options.onConnection?.("regained");
  }

  #giveUp(failure: unknown): void {
    this.#givingUp.abort(failure);
    this.#options.changed.notify();
  }
}

/** Whether it succeeds; `false`: there was no server. */
async function succeeds(action: () => Promise<void>): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    if (isTransient((error as Error).cause)) return false;
    throw error;
  }
}

/** The result of a task; `undefined` once `signal` is aborted. */
async function unlessAborted<T>(task: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  let end = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    end = () => resolve(undefined);
    signal.addEventListener("abort", end);
  });
  try {
    return await Promise.race([task, aborted]);
  } finally {
    signal.removeEventListener("abort", end);
    task.catch(() => {}); // nobody waits for it any more
  }
}
