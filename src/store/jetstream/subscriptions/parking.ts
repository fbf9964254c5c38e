import { OrdersError } from "../../../errors.js";
import type { Damage } from "../../order-store.js";
import { nextMessages } from "../messages/next-messages.js";
import { isDamage, type StoredMessage } from "../messages/order-codec.js";
import { lastMessage, lastSeq } from "../messages/read-messages.js";
import type { ServerConnection } from "../server/server-connection.js";
import { createIfMissing, parkingStream } from "../server/streams.js";
import {
  idOf,
  PARKING_KINDS,
  type ParkingKind,
  parkingSubject,
  subscriptionOf,
} from "../server/subjects.js";
import type { DeliverFrom } from "./consumer-config.js";
import {
  decodeExtraAttempts,
  decodeParked,
  decodeStart,
  type ParkedEntry,
} from "./parked-entry.js";

type OnDamage = (damage: Damage) => void;

const RECORD = "record what became of the order";

/**
 * What one subscription records besides its position, in a second stream: its parked orders, which
 * of them are to be retried, and attempts that the server's delivery count lacks.
 */
export class Parking {
  readonly name: string;
  readonly #server: ServerConnection;
  readonly #onDamage: OnDamage;

  constructor(server: ServerConnection, name: string, onDamage: OnDamage) {
    this.name = name;
    this.#server = server;
    this.#onDamage = onDamage;
  }

  /** Creates the stream where there is none. */
  async create(): Promise<void> {
    await this.#server.ask("set up the subscriptions", async (connected) => {
      await createIfMissing(connected, parkingStream(this.#server.location));
    });
  }

  /** The parked order; `undefined`: it is not parked. Damage is reported, and is none. */
  async find(key: string): Promise<ParkedEntry | undefined> {
    const message = await this.#last("parked", key);
    if (message === null) return undefined;
    const entry = decodeParked(parkingStream(this.#server.location).name, message);
    if (!isDamage(entry)) return entry;
    this.#onDamage(entry);
    return undefined;
  }

  async park(key: string, entry: ParkedEntry): Promise<void> {
    await this.#write("parked", key, entry);
  }

  async unpark(key: string): Promise<void> {
    await this.#purge("parked", key);
  }

  /**
   * Drops what is parked, damaged or not.
   *
   * @returns `false` if nothing is.
   */
  async drop(key: string): Promise<boolean> {
    if ((await this.#last("parked", key)) === null) return false;
    await this.unpark(key);
    return true;
  }

  /**
   * Has a parked order delivered again.
   *
   * @returns `false` if it is not parked.
   */
  async requestRetry(key: string): Promise<boolean> {
    if ((await this.find(key)) === undefined) return false;
    await this.#write("retry", key, {});
    return true;
  }

  /** Attempts beyond those that the server counts: those that followed another within one delivery. */
  async extraAttempts(key: string): Promise<number> {
    const message = await this.#last("attempts", key);
    return message === null ? 0 : decodeExtraAttempts(message);
  }

  async recordExtraAttempts(key: string, count: number): Promise<void> {
    await this.#write("attempts", key, { count });
  }

  /** Records where the subscription is to begin, before its consumer is replaced. */
  async recordReset(start: DeliverFrom): Promise<void> {
    await this.#write("attempts", RESET, start);
  }

  /**
   * Where the subscription is to begin if it was being reset, and that ended half-way; `undefined`: it was not. If it
   * has a consumer, that is the old one, which was not replaced, or the new one already.
   */
  async unfinishedReset(): Promise<DeliverFrom | undefined> {
    const message = await this.#last("attempts", RESET);
    return message === null ? undefined : decodeStart(message);
  }

  /** Forgets the extra attempts at one order, or at all, and with them that it was being reset. */
  async forgetExtraAttempts(key?: string): Promise<void> {
    if (key === undefined) await this.#purge("attempts", "*");
    else await this.#purge("attempts", key);
  }

  /** Forgets everything. */
  async clear(): Promise<void> {
    for (const kind of PARKING_KINDS) await this.#purge(kind, "*");
  }

  async #last(kind: ParkingKind, key: string): Promise<StoredMessage | null> {
    const { stream, subject } = this.#place(kind, key);
    const message = await lastMessage(this.#server, stream, subject);
    return message;
  }

  async #write(kind: ParkingKind, key: string, value: object): Promise<void> {
    const { stream, subject } = this.#place(kind, key);
    try {
      await this.#server.ask(RECORD, async ({ js }) => {
        await js.publish(subject, JSON.stringify(value), { expect: { streamName: stream } });
      });
    } catch (error) {
      if (!(error instanceof OrdersError) || error.code !== "server-full") throw error;
      const hint = `drop parked orders, or raise the limit of stream ${stream}`;
      throw new OrdersError(error.code, error.message, { cause: error, hint });
    }
  }

  async #purge(kind: ParkingKind, key: string): Promise<void> {
    const { stream, subject } = this.#place(kind, key);
    await this.#server.ask(RECORD, ({ jsm }) => jsm.streams.purge(stream, { filter: subject }));
  }

  #place(kind: ParkingKind, key: string) {
    const { location } = this.#server;
    return {
      stream: parkingStream(location).name,
      subject: parkingSubject(location, kind, this.name, key),
    };
  }
}

/** In place of a parking key. It goes by the subject of attempts, which streams of earlier versions have. */
const RESET = "reset";

/** A parked order of some subscription. */
export interface ListedEntry extends ParkedEntry {
  readonly name: string;
  /** See {@link parkingKey}. */
  readonly key: string;
  readonly message: StoredMessage;
}

/** The parked orders of one subscription or of all: by subscription, then in the order of parking. */
export async function listParked(
  server: ServerConnection,
  onDamage: OnDamage,
  name = "*",
): Promise<ListedEntry[]> {
  const found: ListedEntry[] = [];
  const { name: stream } = parkingStream(server.location);
  const subjects = parkingSubject(server.location, "parked", name, "*");
  // From the leader: a replica that lags or has diverged would hide an order that nobody handled.
  const range = { stream, subjects, from: 1, to: await lastSeq(server, stream) };
  for await (const message of nextMessages(server, range)) {
    const { subject } = message;
    const entry = decodeParked(stream, message);
    if (isDamage(entry)) onDamage(entry);
    else found.push({ ...entry, message, name: subscriptionOf(subject), key: idOf(subject) });
  }
  return found.sort((one, other) => (one.name < other.name ? -1 : one.name > other.name ? 1 : 0));
}
