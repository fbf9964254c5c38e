import type { ServerConnection } from "./connection/server-connection.js";
import type { ServerLocation } from "./connection/server-location.js";
import { nameOf, tokenOf } from "./consumers/consumer-config.js";
import { lastMessage, readMessages } from "./messages/read-messages.js";
import { createIfMissing, orderStream, type WantedStream } from "./streams.js";

/** What is kept of an order that is parked; the order itself stands in the stream of orders. */
export interface ParkedEntry {
  /** The order's number in the stream of orders. */
  readonly seq: number;
  readonly reason: string;
  readonly attempts: number;
  readonly parkedAt: string;
}

const KINDS = ["parked", "retry", "attempts"] as const;
/** What a message of the stream of parked orders is about. */
type Kind = (typeof KINDS)[number];

/**
 * What subscriptions keep besides their position, in a stream of its own: the parked orders, which
 * of them are to be handed over again, and attempts that the server does not count.
 */
export class Parking {
  readonly #server: ServerConnection;

  constructor(server: ServerConnection) {
    this.#server = server;
  }

  get stream(): string {
    return parkingStream(this.#server.location).name;
  }

  /** Where the orders that a subscription is to be handed again are announced. */
  retrySubjects(name: string): string {
    return this.#subject("retry", name, "*");
  }

  /** Creates the stream where there is none. */
  async create(): Promise<void> {
    await this.#server.ask("set up the subscriptions", async (connected) => {
      await createIfMissing(connected, parkingStream(this.#server.location));
    });
  }

  async read(name: string, id: string): Promise<ParkedEntry | undefined> {
    return this.#read("parked", name, id);
  }

  /** Of one subscription or of all: by subscription, then as they were parked. */
  async list(name?: string): Promise<{ name: string; id: string; entry: ParkedEntry }[]> {
    const found: { name: string; id: string; entry: ParkedEntry }[] = [];
    const subjects = this.#subject("parked", name ?? "*", "*");
    for await (const { subject, data } of readMessages(this.#server, {
      stream: this.stream,
      subjects,
    })) {
      const [token = "", id = ""] = subject.split(".").slice(-2);
      found.push({ name: nameOf(token), id, entry: JSON.parse(new TextDecoder().decode(data)) });
    }
    return found.sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
  }

  async keep(name: string, id: string, entry: ParkedEntry): Promise<void> {
    await this.#write("parked", name, id, entry);
  }

  /** Announces that a parked order is to be handed over again. */
  async again(name: string, id: string): Promise<void> {
    await this.#write("retry", name, id, {});
  }

  /** Attempts at an order beyond those that the server counts. */
  async uncounted(name: string, id: string): Promise<number> {
    return (await this.#read<{ count: number }>("attempts", name, id))?.count ?? 0;
  }

  async count(name: string, id: string, count: number): Promise<void> {
    await this.#write("attempts", name, id, { count });
  }

  /** Forgets one thing that is kept of an order. */
  async remove(kind: Kind, name: string, id: string): Promise<void> {
    await this.#purge(this.#subject(kind, name, id));
  }

  /** Forgets what is kept of a subscription: all of it, or that of one kind. */
  async clear(name: string, kinds: readonly Kind[] = KINDS): Promise<void> {
    for (const kind of kinds) await this.#purge(this.#subject(kind, name, "*"));
  }

  async #read<T>(kind: Kind, name: string, id: string): Promise<T | undefined> {
    const message = await lastMessage(this.#server, this.stream, this.#subject(kind, name, id));
    return message === null ? undefined : JSON.parse(new TextDecoder().decode(message.data));
  }

  async #write(kind: Kind, name: string, id: string, value: object): Promise<void> {
    await this.#server.ask("keep what became of the order", async ({ js }) => {
      await js.publish(this.#subject(kind, name, id), JSON.stringify(value), {
        expect: { streamName: this.stream },
      });
    });
  }

  async #purge(filter: string): Promise<void> {
    await this.#server.ask("keep what became of the order", async ({ jsm }) => {
      await jsm.streams.purge(this.stream, { filter });
    });
  }

  #subject(kind: Kind, name: string, id: string): string {
    return `${this.#server.location.prefix}.${kind}.${tokenOf(name)}.${id}`;
  }
}

/** The stream of parked orders: of each kind of message the latest of each order is kept. */
export function parkingStream(location: ServerLocation): WantedStream {
  const { prefix, stream } = location;
  return {
    ...orderStream(location),
    name: `${stream}-parked`,
    subjects: KINDS.map((kind) => `${prefix}.${kind}.*.*`),
    max_msgs_per_subject: 1,
  };
}
