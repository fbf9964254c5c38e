import { setTimeout as pause } from "node:timers/promises";
import type { ConsumerInfo } from "@nats-io/jetstream";
import { subscriptionRemoved } from "../../subscription/feed-errors.js";
import type { ServerConnection } from "../server/server-connection.js";
import { isMissingStream } from "../server/streams.js";
import { allEvents } from "../server/subjects.js";
import { DurableConsumer, retryConsumer } from "./durable-consumer.js";

const LOOK_INTERVAL_MS = 100;
/** Longer than a server that was just restarted takes to know what the rest of its cluster knows. */
const REMOVED_AFTER_MS = 2000;

/** The consumer of a subscription's orders: without it there is no such subscription. */
export class OrderConsumer extends DurableConsumer {
  readonly #server: ServerConnection;
  readonly #name: string;

  constructor(server: ServerConnection, name: string) {
    super(server, server.location.stream, name, allEvents(server.location));
    this.#server = server;
    this.#name = name;
  }

  /**
   * Waits until it exists again: a reset removes it and creates another. Only a removal removes the
   * consumer of the retries too.
   *
   * @throws {OrdersError} `subscription-not-found`: the subscription was removed.
   */
  async recreate(_lastSeq: number, signal: AbortSignal | undefined): Promise<void> {
    const lostAt = Date.now();
    while (!signal?.aborted && (await this.info()) === undefined) {
      const isBeingReset = (await retryConsumer(this.#server, this.#name).info()) !== undefined;
      const limitMs = isBeingReset ? this.#server.location.timeoutMs : REMOVED_AFTER_MS;
      if (Date.now() - lostAt > limitMs) throw subscriptionRemoved(this.#name);
      await pause(LOOK_INTERVAL_MS);
    }
  }
}

/** All consumers of the stream of orders; none if there is no stream. */
export function allOrderConsumers(server: ServerConnection): Promise<ConsumerInfo[]> {
  return server.ask("read the feed", async ({ jsm }) => {
    const found: ConsumerInfo[] = [];
    try {
      for await (const info of jsm.consumers.list(server.location.stream)) found.push(info);
    } catch (error) {
      if (!isMissingStream(error)) throw error;
    }
    return found;
  });
}
