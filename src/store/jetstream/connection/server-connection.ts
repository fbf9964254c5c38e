import { setTimeout as pause } from "node:timers/promises";
import {
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
} from "@nats-io/jetstream";
import {
  type ConnectionOptions,
  connect,
  credsAuthenticator,
  type NatsConnection,
  TimeoutError,
} from "@nats-io/transport-node";
import {
  isNoResponders,
  isTransient,
  JetStreamOff,
  serverFailure,
  Unavailable,
} from "../errors.js";
import type { CredentialFiles } from "./credential-files.js";
import { readCredentials } from "./credentials.js";
import { serverIdentityCheck } from "./server-identity.js";
import type { ServerLocation } from "./server-location.js";

/** What a connection is used through. */
export interface Connected {
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
}

/** How long one server may take to answer, in milliseconds. */
const PATIENCE = 2000;
/** How long everything may be in vain before another server is tried, in milliseconds. */
const IMPATIENCE = 3000;

/** A connection to one of the servers of a location: made when it is first needed, then kept up. */
export class ServerConnection {
  readonly location: ServerLocation;
  readonly #files: CredentialFiles;
  #opening: Promise<Connected> | undefined;
  /** Whether the connection stands; when it last stood anew, or something was achieved through it. */
  readonly #link: { online: boolean; useful: number } = { online: false, useful: 0 };

  constructor(location: ServerLocation, files: CredentialFiles) {
    this.location = location;
    this.#files = files;
  }

  /**
   * The connection, for one request.
   *
   * @throws {Unavailable} it is down at the moment, and comes back by itself.
   */
  async connected(): Promise<Connected> {
    const connected = await this.#open();
    // What is sent meanwhile would be dropped in silence.
    if (!this.#link.online) throw new Unavailable("the connection is lost", { unsure: false });
    return connected;
  }

  /**
   * Asks the server something that may be asked twice: again and again while the failure is one
   * that passes, until the location's timeout.
   *
   * @param action what is being done, as it ends the sentence "cannot …".
   */
  async ask<T>(action: string, question: (connected: Connected) => Promise<T>): Promise<T> {
    const attempts = this.attempts();
    for (;;) {
      try {
        return await this.attempt(question);
      } catch (error) {
        if (isTransient(error) && (await attempts.another())) continue;
        throw serverFailure(action, this.location.shown, error);
      }
    }
  }

  /** One attempt at something. Throws what went wrong, in so far as that can be known. */
  async attempt<T>(task: (connected: Connected) => Promise<T>): Promise<T> {
    try {
      const result = await task(await this.connected());
      this.#link.useful = Date.now();
      return result;
    } catch (error) {
      // The client leaves open whether JetStream is off or will be there in a moment.
      const off = isNoResponders(error) && !(await this.#open()).nc.info?.jetstream;
      throw off ? new JetStreamOff("", { cause: error }) : error;
    }
  }

  /** Attempts with growing pauses between them, until the location's timeout. */
  attempts(): Attempts {
    const begun = Date.now();
    return new Attempts(begun + this.location.timeout, () => this.#leaveIfUseless(begun));
  }

  /**
   * A server that hangs keeps its connections, and one that is cut off from the rest of its cluster
   * answers them: where attempts have long been in vain, another server may do better.
   */
  async #leaveIfUseless(since: number): Promise<void> {
    if (Date.now() - Math.max(since, this.#link.useful) < IMPATIENCE) return;
    this.#link.useful = Date.now();
    const connected = await this.#opening?.catch(() => undefined);
    await connected?.nc.reconnect().catch(() => {});
  }

  async close(): Promise<void> {
    const opening = this.#opening;
    this.#opening = undefined;
    const connected = await opening?.catch(() => undefined);
    await connected?.nc.close();
  }

  #open(): Promise<Connected> {
    this.#opening ??= this.#connect().catch((error) => {
      this.#opening = undefined;
      throw error;
    });
    return this.#opening;
  }

  async #connect(): Promise<Connected> {
    const options = connectionOptions(this.location, this.#files);
    let nc: NatsConnection;
    try {
      nc = await connect(options);
    } catch (error) {
      const silent = this.location.tls && error instanceof TimeoutError;
      const hint = "if it wants a client certificate, set ORDERS_NATS_CERT and ORDERS_NATS_KEY";
      throw serverFailure("connect", this.location.shown, error, silent ? { hint } : {});
    }
    this.#link.online = true;
    this.#link.useful = Date.now();
    void this.#heed(nc);
    const api = { timeout: Math.min(PATIENCE, this.location.timeout) };
    return {
      nc,
      js: jetstream(nc, api),
      // The check would hang for seconds while a cluster chooses its leader.
      jsm: await jetstreamManager(nc, { ...api, checkAPI: false }),
    };
  }

  async #heed(nc: NatsConnection): Promise<void> {
    for await (const { type } of nc.status()) {
      if (type === "disconnect") this.#link.online = false;
      if (type !== "reconnect") continue;
      this.#link.online = true;
      this.#link.useful = Date.now();
    }
    this.#opening = undefined; // closed for good: what comes next connects anew
  }
}

/** A number of attempts that is limited by time alone. */
export class Attempts {
  readonly #deadline: number;
  readonly #onFailure: () => Promise<void>;
  #made = 0;

  /**
   * @param deadline as of `Date.now()`.
   * @param onFailure is called after each.
   */
  constructor(deadline: number, onFailure: () => Promise<void>) {
    this.#deadline = deadline;
    this.#onFailure = onFailure;
  }

  /** Pauses; then tells whether there is time for another. */
  async another(): Promise<boolean> {
    // Half of it by chance, so that many who failed together do not come back together.
    const longest = Math.min(500, 50 * 2 ** this.#made++);
    const wait = longest * (0.5 + Math.random() / 2);
    if (Date.now() + wait >= this.#deadline) return false;
    await this.#onFailure();
    await pause(wait);
    return true;
  }
}

function connectionOptions(location: ServerLocation, files: CredentialFiles): ConnectionOptions {
  const { creds, ...certificates } = readCredentials(files);
  const tls = { ...certificates, checkServerIdentity: serverIdentityCheck(location.servers) };
  return {
    name: "orders",
    servers: [...location.servers],
    ...location.login,
    ...(creds && { authenticator: credsAuthenticator(creds) }),
    // This has the client refuse a server without TLS.
    ...(location.tls && { tls }),
    timeout: Math.min(PATIENCE, location.timeout),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
    pingInterval: 10_000, // who only waits notices within half a minute that a server hangs
    noAsyncTraces: true,
  };
}
