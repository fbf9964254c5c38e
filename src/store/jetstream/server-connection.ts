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
import type { ServerFiles } from "../order-store.js";
import { isPassing, isUnheard, JetStreamOff, NotNow, serverFailure } from "./server-failure.js";
import { readServerFiles } from "./server-files.js";
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

/** A connection to one of the servers of a location: made when it is first needed, then kept up. */
export class ServerConnection {
  readonly location: ServerLocation;
  readonly #files: ServerFiles;
  #opening: Promise<Connected> | undefined;
  #probing: Promise<void> | undefined;
  readonly #link: { online: boolean } = { online: false };

  constructor(location: ServerLocation, files: ServerFiles) {
    this.location = location;
    this.#files = files;
  }

  /**
   * The connection, for one request.
   *
   * @throws {NotNow} it is down at the moment, and comes back by itself.
   */
  async connected(): Promise<Connected> {
    const connected = await this.#open();
    // What is sent meanwhile would be dropped in silence.
    if (!this.#link.online) throw new NotNow("the connection is lost", { unsure: false });
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
        return await question(await this.connected());
      } catch (error) {
        const understood = await this.understand(error);
        if (isPassing(understood) && (await attempts.another())) continue;
        throw serverFailure(action, this.location.shown, understood);
      }
    }
  }

  /** The client's error leaves open whether JetStream is off or will be there in a moment. */
  async understand(error: unknown): Promise<unknown> {
    if (!(error instanceof TimeoutError) && !isUnheard(error)) return error;
    const connected = await this.#opening?.catch(() => undefined);
    if (error instanceof TimeoutError) {
      this.#probing ??= this.#probe(connected);
      return error;
    }
    return connected?.nc.info?.jetstream ? error : new JetStreamOff("", { cause: error });
  }

  /** A server that hangs keeps its connections: one that does not answer a ping is left for another. */
  async #probe(connected: Connected | undefined): Promise<void> {
    const pong = connected?.nc.flush().then(
      () => true,
      () => true,
    );
    const answered = await Promise.race([pong, pause(PATIENCE / 2)]);
    if (!answered) await connected?.nc.reconnect().catch(() => {});
    this.#probing = undefined;
  }

  /** Attempts with growing pauses between them, until the location's timeout. */
  attempts(): Attempts {
    return new Attempts(Date.now() + this.location.timeout);
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
      if (type === "reconnect") this.#link.online = true;
    }
    this.#opening = undefined; // closed for good: what comes next connects anew
  }
}

/** A number of attempts that is limited by time alone. */
export class Attempts {
  readonly #deadline: number;
  #made = 0;

  /** @param deadline as of `Date.now()`. */
  constructor(deadline: number) {
    this.#deadline = deadline;
  }

  /** Pauses; then tells whether there is time for another. */
  async another(): Promise<boolean> {
    // Half of it by chance, so that many who failed together do not come back together.
    const longest = Math.min(500, 50 * 2 ** this.#made++);
    const wait = longest * (0.5 + Math.random() / 2);
    if (Date.now() + wait >= this.#deadline) return false;
    await pause(wait);
    return true;
  }
}

function connectionOptions(location: ServerLocation, files: ServerFiles): ConnectionOptions {
  const { creds, ...certificates } = readServerFiles(files);
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
