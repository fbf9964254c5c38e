import { setMaxListeners } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import {
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
} from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { OrdersError } from "../../../errors.js";
import type { CredentialFiles } from "./credential-files.js";
import { dial, RESPONSE_TIMEOUT_MS } from "./dial.js";
import {
  isNoResponders,
  isSubscriptionLimit,
  isTransient,
  JetStreamOff,
  serverFailure,
  Unavailable,
} from "./failures.js";
import type { ServerLocation } from "./server-location.js";

/** A connection, and the clients that use it. */
export interface Connected {
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  /** How long an answer may take. */
  readonly patienceMs: number;
  /** The streams that this process has seen, by name. */
  readonly known: Set<string>;
}

/** What became of the connection; an error: the server refuses further subscriptions. */
export type ConnectionStatus = "online" | "offline" | Error;

const FIRST_PAUSE_MS = 50;
const MAX_PAUSE_MS = 500;
/** After this long without a useful answer another server is tried. */
const SWITCH_SERVER_AFTER_MS = 3000;

/** A connection to one of the servers of a location: made when it is first needed, then kept up. */
export class ServerConnection {
  readonly location: ServerLocation;
  readonly #files: CredentialFiles;
  readonly #known = new Set<string>();
  #opening: Promise<Connected> | undefined;
  #isClosed: boolean = false;
  readonly #retrying = new AbortController();
  /** `usefulAt`: when it was made, or last gave a useful answer. */
  readonly #contact: { online: boolean; usefulAt: number } = { online: false, usefulAt: 0 };

  readonly #listeners = new Set<(status: ConnectionStatus) => void>();

  constructor(location: ServerLocation, files: CredentialFiles) {
    this.location = location;
    this.#files = files;
    setMaxListeners(0, this.#retrying.signal); // each request that is repeated listens to it
  }

  /**
   * The connection, for one request.
   *
   * @throws {Unavailable} it is down, and is being restored.
   */
  async connected(): Promise<Connected> {
    const connected = await this.#open();
    // What is sent meanwhile would be dropped silently.
    if (!this.#contact.online) throw new Unavailable("the connection is lost");
    return connected;
  }

  /**
   * Makes a request that may be repeated, and repeats it after a transient failure until the
   * location's timeout.
   *
   * @param action completes the sentence "cannot …".
   */
  async ask<T>(action: string, request: (connected: Connected) => Promise<T>): Promise<T> {
    const backoff = this.backoff();
    for (;;) {
      try {
        return await this.attempt(request);
      } catch (error) {
        if (isTransient(error) && (await backoff())) continue;
        throw serverFailure(action, this.location.shown, error);
      }
    }
  }

  /** Makes one attempt at a request. */
  async attempt<T>(request: (connected: Connected) => Promise<T>): Promise<T> {
    try {
      const result = await request(await this.connected());
      this.#contact.usefulAt = Date.now();
      return result;
    } catch (error) {
      // The client does not tell whether JetStream is off or only not ready.
      const off = isNoResponders(error) && !(await this.#open()).nc.info?.jetstream;
      throw off ? new JetStreamOff("", { cause: error }) : error;
    }
  }

  /**
   * Growing pauses between the attempts at one request, until the location's timeout or {@link stopRetrying}: each
   * resolves with whether there is to be another attempt.
   */
  backoff(): () => Promise<boolean> {
    const begun = Date.now();
    const { signal } = this.#retrying;
    let longest = FIRST_PAUSE_MS;
    return async () => {
      // Half of it is random, so that many that failed together do not come back together.
      const wait = longest * (0.5 + Math.random() / 2);
      longest = Math.min(2 * longest, MAX_PAUSE_MS);
      if (signal.aborted || Date.now() + wait >= begun + this.location.timeoutMs) return false;
      await this.#switchServerIfUseless(begun);
      await pause(wait, undefined, { signal }).catch(() => {});
      return !signal.aborted;
    };
  }

  /** Ends all pauses, now and from now on: there is no other attempt. */
  stopRetrying(): void {
    this.#retrying.abort();
  }

  /**
   * A server that hangs keeps its connections, and one in the minority of a network partition
   * answers them: when attempts keep failing, another server may do better.
   */
  async #switchServerIfUseless(since: number): Promise<void> {
    if (Date.now() - Math.max(since, this.#contact.usefulAt) < SWITCH_SERVER_AFTER_MS) return;
    this.#contact.usefulAt = Date.now();
    const connected = await this.#opening?.catch(() => undefined);
    await connected?.nc.reconnect().catch(() => {});
  }

  /** Calls `listener` at each change; returns the undo. */
  onStatus(listener: (status: ConnectionStatus) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Ends the connection. There is none afterwards: requests are refused with `invalid-usage`. */
  async close(): Promise<void> {
    this.#isClosed = true;
    const connected = await this.#opening?.catch(() => undefined);
    await connected?.nc.close();
  }

  async #open(): Promise<Connected> {
    if (this.#isClosed) {
      throw new OrdersError("invalid-usage", `the store is closed: ${this.location.shown}`);
    }
    this.#opening ??= this.#connect().catch((error) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #connect(): Promise<Connected> {
    const begun = Date.now();
    const nc = await dial(this.location, this.#files);
    this.#setOnline(true);
    void this.#followStatus(nc);
    const { timeoutMs, domain } = this.location;
    // A server that is far away is not asked again before it can have answered.
    const patience = Math.max(RESPONSE_TIMEOUT_MS, 2 * (Date.now() - begun));
    const patienceMs = Math.min(patience, timeoutMs);
    const api = { timeout: patienceMs, ...(domain && { domain }) };
    return {
      nc,
      patienceMs,
      known: this.#known,
      js: jetstream(nc, api),
      // The check would hang for seconds while a cluster elects its leader.
      jsm: await jetstreamManager(nc, { ...api, checkAPI: false }),
    };
  }

  async #followStatus(nc: NatsConnection): Promise<void> {
    for await (const status of nc.status()) {
      if (status.type === "disconnect") this.#setOnline(false);
      if (status.type === "reconnect") this.#setOnline(true);
      if (status.type === "error" && isSubscriptionLimit(status.error)) this.#report(status.error);
    }
    this.#opening = undefined; // closed for good: the next request connects anew
    this.#setOnline(false);
  }

  #setOnline(online: boolean): void {
    this.#contact.online = online;
    if (online) this.#contact.usefulAt = Date.now();
    this.#report(online ? "online" : "offline");
  }

  #report(status: ConnectionStatus): void {
    for (const listener of this.#listeners) listener(status);
  }
}
