import type { ConsumerInfo } from "@nats-io/jetstream";
import type { ServerConnection } from "../server/server-connection.js";
import { parkingStream } from "../server/streams.js";
import { parkingSubject, tokenOf } from "../server/subjects.js";
import { consumerInfo, type DeliverFrom, explicitConsumer, FROM_START } from "./consumer-config.js";

/** A durable consumer of a subscription: the one of its orders, or the one of its retries. */
export class DurableConsumer {
  readonly stream: string;
  readonly consumer: string;
  readonly #server: ServerConnection;
  readonly #subjects: string;

  constructor(server: ServerConnection, stream: string, name: string, subjects: string) {
    this.stream = stream;
    this.consumer = tokenOf(name);
    this.#server = server;
    this.#subjects = subjects;
  }

  /** Its state; `undefined`: there is none. */
  info(): Promise<ConsumerInfo | undefined> {
    return this.#server.ask("read the feed", (connected) =>
      consumerInfo(connected, this.stream, this.consumer),
    );
  }

  /** Creates it where there is none: adding one that exists would change it, or fail. */
  async create(from: DeliverFrom = FROM_START): Promise<void> {
    await this.#server.ask("subscribe", async (connected) => {
      if (await consumerInfo(connected, this.stream, this.consumer)) return;
      await connected.jsm.consumers.add(this.stream, {
        durable_name: this.consumer,
        ...explicitConsumer(this.#subjects, from),
      });
    });
  }

  async remove(): Promise<void> {
    await this.#server.ask("remove the subscription", async (connected) => {
      if ((await consumerInfo(connected, this.stream, this.consumer)) === undefined) return;
      await connected.jsm.consumers.delete(this.stream, this.consumer);
    });
  }
}

/** The consumer of a subscription's retries. */
export function retryConsumer(server: ServerConnection, name: string): DurableConsumer {
  const { location } = server;
  const subjects = parkingSubject(location, "retry", name, "*");
  return new DurableConsumer(server, parkingStream(location).name, name, subjects);
}
