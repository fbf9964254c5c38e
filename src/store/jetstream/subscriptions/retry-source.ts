import { setTimeout as pause } from "node:timers/promises";
import { parkingKey } from "../../order-feed.js";
import { eventAt } from "../orders/stored-event.js";
import type { ServerConnection } from "../server/server-connection.js";
import { isMissingStream, streamInfo } from "../server/streams.js";
import { idOf } from "../server/subjects.js";
import { retryConsumer } from "./durable-consumer.js";
import { OrderConsumer } from "./order-consumer.js";
import type { Parking } from "./parking.js";
import type { PullConsumer, PulledMessage } from "./pull-consumer.js";
import type { Source, SourcedEvent } from "./source.js";

/** A server can still be deleting the files of a stream, and would delete those of a new one. */
const STREAM_REMOVAL_MS = 1000;

/** The parked orders of a subscription that are to be delivered again. */
export class RetrySource implements Source {
  readonly messages: PullConsumer;
  readonly #server: ServerConnection;
  readonly #parking: Parking;

  constructor(messages: PullConsumer, server: ServerConnection, parking: Parking) {
    this.messages = messages;
    this.#server = server;
    this.#parking = parking;
  }

  /** Not while there is no subscription: it may be being removed. */
  async recreate(): Promise<void> {
    const { name } = this.#parking;
    if ((await new OrderConsumer(this.#server, name).info()) === undefined) return;
    try {
      const exists = await this.#server.ask("read the feed", async (connected) => {
        return (await streamInfo(connected, this.messages.stream)) !== undefined;
      });
      if (!exists) await pause(STREAM_REMOVAL_MS);
      await this.#parking.create();
      await retryConsumer(this.#server, name).create();
    } catch (error) {
      // The stream was being removed just now: the next request will show it.
      if (!isMissingStream((error as Error).cause)) throw error;
    }
  }

  async decode({ message }: PulledMessage): Promise<SourcedEvent | undefined> {
    const key = idOf(message.subject);
    const entry = await this.#parking.find(key);
    const stored = entry && (await eventAt(this.#server, entry.seq));
    if (entry === undefined || stored === undefined || parkingKey(stored) !== key) {
      return undefined; // dropped meanwhile
    }
    return { ...stored, seq: entry.seq, earlierAttempts: entry.attempts, mayBeParked: true };
  }
}
