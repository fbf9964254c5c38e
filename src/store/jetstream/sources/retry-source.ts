import type { Connected, ServerConnection } from "../connection/server-connection.js";
import { retryConsumer } from "../consumers/durable-consumers.js";
import { PullConsumer, type PulledMessage } from "../consumers/pull-consumer.js";
import { orderAt } from "../order-at.js";
import type { Parking } from "../parking.js";
import { idOf } from "../subjects.js";
import type { Source, SourcedOrder } from "./source.js";
import { waitForServer } from "./wait-for-server.js";

/** The parked orders of a subscription that are to be delivered again. */
export class RetrySource implements Source {
  readonly messages: PullConsumer;
  readonly #server: ServerConnection;
  readonly #parking: Parking;
  readonly #signal: AbortSignal | undefined;

  constructor(
    server: ServerConnection,
    connected: Connected,
    parking: Parking,
    { onChange, signal }: { onChange: () => void; signal: AbortSignal | undefined },
  ) {
    const { stream, consumer } = retryConsumer(server, parking.name);
    this.messages = new PullConsumer(connected, stream, consumer, onChange);
    this.#server = server;
    this.#parking = parking;
    this.#signal = signal;
  }

  async recreate(): Promise<void> {
    await waitForServer(
      () => retryConsumer(this.#server, this.#parking.name).create(),
      this.#signal,
    );
  }

  async decode({ message }: PulledMessage): Promise<SourcedOrder | undefined> {
    const entry = await this.#parking.find(idOf(message.subject));
    const order = entry && (await orderAt(this.#server, entry.seq));
    if (entry === undefined || order === undefined) return undefined; // dropped meanwhile
    return { order, seq: entry.seq, earlierAttempts: entry.attempts, mayBeParked: true };
  }
}
