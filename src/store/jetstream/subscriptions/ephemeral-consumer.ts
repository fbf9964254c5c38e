import { createInbox, nanos } from "@nats-io/transport-node";
import type { ServerConnection } from "../server/server-connection.js";
import { allEvents } from "../server/subjects.js";
import { consumerInfo, type DeliverFrom, explicitConsumer, fromSeq } from "./consumer-config.js";

/** The server removes it when it has been unused for so long. */
const INACTIVE_AFTER_MS = 300_000;

/** The consumer of a subscription without a name: when it is lost, another resumes. */
export class EphemeralConsumer {
  readonly stream: string;
  readonly consumer = createInbox("ephemeral").replaceAll(".", "-");
  readonly #server: ServerConnection;
  #next = 1;

  constructor(server: ServerConnection) {
    this.#server = server;
    this.stream = server.location.stream;
  }

  async create(from: DeliverFrom): Promise<void> {
    const { delivered } = await this.#server.ask("subscribe", ({ jsm }) =>
      jsm.consumers.add(this.stream, {
        name: this.consumer,
        ...explicitConsumer(allEvents(this.#server.location), from),
        inactive_threshold: nanos(INACTIVE_AFTER_MS),
      }),
    );
    this.#next = Math.max(this.#next, delivered.stream_seq + 1);
  }

  /** Creates it again, after the last message that came, if it is gone. */
  async recreate(lastSeq: number): Promise<void> {
    this.#next = Math.max(this.#next, lastSeq + 1);
    const info = await this.#server.ask("read the feed", (connected) =>
      consumerInfo(connected, this.stream, this.consumer),
    );
    if (info === undefined) await this.create(fromSeq(this.#next));
  }

  async remove(): Promise<void> {
    const { jsm } = await this.#server.connected();
    await jsm.consumers.delete(this.stream, this.consumer);
  }
}
