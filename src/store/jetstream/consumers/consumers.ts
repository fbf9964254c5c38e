import type { ConsumerInfo } from "@nats-io/jetstream";
import type { ServerConnection } from "../connection/server-connection.js";
import type { Parking } from "../parking.js";
import { isMissingStream, orderSubject } from "../streams.js";
import {
  type ConsumerStart,
  consumerInfo,
  explicitConsumer,
  FROM_START,
  tokenOf,
} from "./consumer-config.js";

/** The durable consumers: of each subscription one for its orders, and one for what is tried again. */
export class Consumers {
  readonly #server: ServerConnection;
  readonly #parking: Parking;

  constructor(server: ServerConnection, parking: Parking) {
    this.#server = server;
    this.#parking = parking;
  }

  /** `undefined`: there is no such subscription. */
  info(name: string): Promise<ConsumerInfo | undefined> {
    return this.#server.ask("read the feed", (connected) =>
      consumerInfo(connected, this.#server.location.stream, tokenOf(name)),
    );
  }

  /** All consumers of the stream of orders; none if there is no stream. */
  all(): Promise<ConsumerInfo[]> {
    return this.#server.ask("read the feed", async ({ jsm }) => {
      const found: ConsumerInfo[] = [];
      try {
        for await (const info of jsm.consumers.list(this.#server.location.stream)) found.push(info);
      } catch (error) {
        if (!isMissingStream(error)) throw error;
      }
      return found;
    });
  }

  async create(name: string, beginning: ConsumerStart): Promise<void> {
    const { location } = this.#server;
    await this.#add(location.stream, name, orderSubject(location, "*"), beginning);
  }

  async createRetries(name: string): Promise<void> {
    await this.#add(this.#parking.stream, name, this.#parking.retrySubjects(name), FROM_START);
  }

  async remove(name: string): Promise<void> {
    await this.#remove(this.#server.location.stream, name);
  }

  async removeRetries(name: string): Promise<void> {
    await this.#remove(this.#parking.stream, name);
  }

  /** One that exists is left as it is: adding it in another form would change it, or fail. */
  async #add(
    stream: string,
    name: string,
    subjects: string,
    beginning: ConsumerStart,
  ): Promise<void> {
    await this.#server.ask("subscribe", async (connected) => {
      if (await consumerInfo(connected, stream, tokenOf(name))) return;
      await connected.jsm.consumers.add(stream, {
        durable_name: tokenOf(name),
        ...explicitConsumer(subjects, beginning),
      });
    });
  }

  async #remove(stream: string, name: string): Promise<void> {
    await this.#server.ask("forget the subscription", async (connected) => {
      if ((await consumerInfo(connected, stream, tokenOf(name))) === undefined) return;
      await connected.jsm.consumers.delete(stream, tokenOf(name));
    });
  }
}
