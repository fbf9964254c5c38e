import type { ServerConnection } from "./connection/server-connection.js";
import { lastMessage, readMessages } from "./messages/read-messages.js";
import type { StoredMessage } from "./order-codec.js";
import { createIfMissing, parkingStream } from "./streams.js";
import {
  idOf,
  PARKING_KINDS,
  type ParkingKind,
  parkingSubject,
  subscriptionOf,
} from "./subjects.js";

/** What is stored of a parked order; the order itself is in the stream of orders. */
export interface ParkedEntry {
  /** The order's number in the stream of orders. */
  readonly seq: number;
  readonly reason: string;
  readonly attempts: number;
  readonly parkedAt: string;
}

const RECORD = "record what became of the order";

/**
 * What one subscription records besides its position, in a second stream: its parked orders, which
 * of them are to be retried, and attempts that the server's delivery count lacks.
 */
export class Parking {
  readonly name: string;
  readonly #server: ServerConnection;

  constructor(server: ServerConnection, name: string) {
    this.name = name;
    this.#server = server;
  }

  /** Creates the stream where there is none. */
  async create(): Promise<void> {
    await this.#server.ask("set up the subscriptions", async (connected) => {
      await createIfMissing(connected, parkingStream(this.#server.location));
    });
  }

  /** The parked order; `undefined`: it is not parked. */
  find(id: string): Promise<ParkedEntry | undefined> {
    return this.#read("parked", id);
  }

  async park(id: string, entry: ParkedEntry): Promise<void> {
    await this.#write("parked", id, entry);
  }

  async unpark(id: string): Promise<void> {
    await this.#purge("parked", id);
  }

  /** Has a parked order delivered again. */
  async requestRetry(id: string): Promise<void> {
    await this.#write("retry", id, {});
  }

  /** Attempts beyond those that the server counts: those that followed another within one delivery. */
  async extraAttempts(id: string): Promise<number> {
    return (await this.#read<{ count: number }>("attempts", id))?.count ?? 0;
  }

  async recordExtraAttempts(id: string, count: number): Promise<void> {
    await this.#write("attempts", id, { count });
  }

  /** Forgets the extra attempts at one order, or at all. */
  async forgetExtraAttempts(id = "*"): Promise<void> {
    await this.#purge("attempts", id);
  }

  /** Forgets everything. */
  async clear(): Promise<void> {
    for (const kind of PARKING_KINDS) await this.#purge(kind, "*");
  }

  async #read<T>(kind: ParkingKind, id: string): Promise<T | undefined> {
    const { stream, subject } = this.#place(kind, id);
    const message = await lastMessage(this.#server, stream, subject);
    return message === null ? undefined : decode<T>(message);
  }

  async #write(kind: ParkingKind, id: string, value: object): Promise<void> {
    const { stream, subject } = this.#place(kind, id);
    await this.#server.ask(RECORD, async ({ js }) => {
      await js.publish(subject, JSON.stringify(value), { expect: { streamName: stream } });
    });
  }

  async #purge(kind: ParkingKind, id: string): Promise<void> {
    const { stream, subject } = this.#place(kind, id);
    await this.#server.ask(RECORD, ({ jsm }) => jsm.streams.purge(stream, { filter: subject }));
  }

  #place(kind: ParkingKind, id: string) {
    const { location } = this.#server;
    return {
      stream: parkingStream(location).name,
      subject: parkingSubject(location, kind, this.name, id),
    };
  }
}

/** A parked order of some subscription. */
interface ListedEntry {
  readonly name: string;
  readonly id: string;
  readonly entry: ParkedEntry;
}

/** The parked orders of one subscription or of all: by subscription, then in the order of parking. */
export async function listParked(server: ServerConnection, name = "*"): Promise<ListedEntry[]> {
  const found: ListedEntry[] = [];
  for await (const message of readMessages(server, {
    stream: parkingStream(server.location).name,
    subjects: parkingSubject(server.location, "parked", name, "*"),
  })) {
    const { subject } = message;
    found.push({ name: subscriptionOf(subject), id: idOf(subject), entry: decode(message) });
  }
  return found.sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
}

function decode<T>({ data }: StoredMessage): T {
  return JSON.parse(new TextDecoder().decode(data));
}
