import { escapeUnsafe } from "../../../domain/printable.js";
import { OrdersError } from "../../../errors.js";
import { idOfParkingKey, isSubscriptionName, parkingKey } from "../../order-feed.js";
import type { Damage } from "../../order-store.js";
import type { ParkedRecord, ParkedRecords } from "../../subscription/ports.js";
import { lastMessage } from "../messages/get-messages.js";
import type { StoredMessage } from "../messages/order-codec.js";
import { readBatches } from "../messages/read-messages.js";
import type { OrdersReader } from "../orders/orders-reader.js";
import type { ServerConnection } from "../server/server-connection.js";
import { createIfMissing, parkingStream } from "../server/streams.js";
import {
  idOf,
  PARKING_KINDS,
  type ParkingKind,
  parkingSubject,
  subscriptionOf,
} from "../server/subjects.js";

const RECORD = "record the delivery";

/**
 * What subscriptions record besides their positions, in a second stream that keeps the latest message of each
 * subject: what is parked, which of it is to be retried, attempts that no consumer counts, and resets.
 */
export class SubscriptionRecords implements ParkedRecords {
  readonly stream: string;
  readonly #server: ServerConnection;
  readonly #reader: OrdersReader;
  readonly #onDamage: (damage: Damage) => void;

  constructor(server: ServerConnection, reader: OrdersReader, onDamage: (damage: Damage) => void) {
    this.stream = parkingStream(server.location).name;
    this.#server = server;
    this.#reader = reader;
    this.#onDamage = onDamage;
  }

  /** Creates the stream where there is none. */
  async create(): Promise<void> {
    await this.#server.ask("set up the subscriptions", async (connected) => {
      await createIfMissing(connected, parkingStream(this.#server.location));
    });
  }

  async all(name = "*"): Promise<readonly ParkedRecord[]> {
    const found: Promise<ParkedRecord | undefined>[] = [];
    const { stream } = this;
    const subjects = [parkingSubject(this.#server.location, "parked", name, "*")];
    for await (const batch of readBatches(this.#server, { stream, subjects })) {
      found.push(...batch.map((message) => this.#decode(message)));
    }
    return (await Promise.all(found)).filter((record) => record !== undefined);
  }

  async get(name: string, key: string): Promise<ParkedRecord | undefined> {
    const message = await this.#last("parked", name, key);
    return message === null ? undefined : this.#decode(message);
  }

  async put(record: ParkedRecord): Promise<void> {
    const { subscription, reason, attempts, parkedAt } = record;
    await this.#write("parked", subscription, parkingKey(record), { reason, attempts, parkedAt });
  }

  async delete(name: string, key: string): Promise<boolean> {
    return (await this.#purge("parked", name, key)) > 0;
  }

  async requestRetry(name: string, key: string): Promise<void> {
    await this.#write("retry", name, key, {});
  }

  /** The subjects of a subscription's requested retries, each of which ends in a parking key. */
  requests(name: string): string {
    return parkingSubject(this.#server.location, "retry", name, "*");
  }

  /** Attempts beyond those that a consumer counts; negative: it counts too many. What is not a number is none. */
  async extraAttempts({ subscription, key, consumer }: Attempted): Promise<number> {
    if (subscription === undefined) return 0;
    const message = await this.#last("attempts", subscription, key);
    const fields = message === null ? {} : fieldsOf(message);
    const isOwn = fields.consumer === consumer && Number.isSafeInteger(fields.count);
    return isOwn ? (fields.count as number) : 0;
  }

  async recordExtraAttempts(attempted: Attempted, count: number): Promise<void> {
    const { subscription, key, consumer } = attempted;
    if (subscription === undefined) return;
    if (count === 0) await this.#purge("attempts", subscription, key);
    else await this.#write("attempts", subscription, key, { count, consumer });
  }

  /** Forgets all that a subscription has recorded. */
  async clear(name: string): Promise<void> {
    for (const kind of PARKING_KINDS) await this.#purge(kind, name, "*");
  }

  async #decode(message: StoredMessage): Promise<ParkedRecord | undefined> {
    const { reason, attempts, parkedAt } = fieldsOf(message);
    const subscription = subscriptionOf(message.subject);
    const key = idOf(message.subject);
    const id = idOfParkingKey(key);
    if (!isSubscriptionName(subscription)) {
      return this.#report(message, `no subscription can be named '${subscription}'`);
    }
    if (id === undefined) return this.#report(message, "its subject names no order");
    if (!isCount(attempts) || typeof reason !== "string" || typeof parkedAt !== "string") {
      return this.#report(message, "reason, attempts or time is missing");
    }
    const stored = await this.#reader.event(id, key === id ? "order" : "closing");
    if (stored === undefined) return this.#report(message, `there is no order ${id}`);
    const now = { number: message.seq, retryAttempts: 0, isRetryRequested: false };
    return { subscription, ...stored, reason, attempts, parkedAt, ...now };
  }

  /** Says what is wrong with a message of the parked orders, and how to be rid of it. */
  #report({ seq, subject }: StoredMessage, problem: string): undefined {
    const [name, id] = [subscriptionOf(subject), idOfParkingKey(idOf(subject))];
    const canDrop = isSubscriptionName(name) && id !== undefined;
    const fix = canDrop ? `; to drop it: orders parked drop ${id} --as ${name}` : "";
    this.#onDamage({
      kind: "unreadable",
      location: `${this.stream}:${seq}`,
      problem: escapeUnsafe(`not a parked order: ${problem}${fix}`),
    });
  }

  #last(kind: ParkingKind, name: string, key: string): Promise<StoredMessage | null> {
    const subject = parkingSubject(this.#server.location, kind, name, key);
    return lastMessage(this.#server, this.stream, subject);
  }

  async #write(kind: ParkingKind, name: string, key: string, value: object): Promise<void> {
    const { stream } = this;
    const subject = parkingSubject(this.#server.location, kind, name, key);
    try {
      await this.#server.ask(RECORD, ({ js }) =>
        js.publish(subject, JSON.stringify(value), { expect: { streamName: stream } }),
      );
    } catch (error) {
      if (!(error instanceof OrdersError) || error.code !== "server-full") throw error;
      const hint = `drop parked orders, or raise the limit of stream ${stream}`;
      throw new OrdersError(error.code, error.message, { cause: error, hint });
    }
  }

  /** @returns how many messages there were. */
  async #purge(kind: ParkingKind, name: string, key: string): Promise<number> {
    const filter = parkingSubject(this.#server.location, kind, name, key);
    const { purged } = await this.#server.ask(RECORD, ({ jsm }) =>
      jsm.streams.purge(this.stream, { filter }),
    );
    return purged;
  }
}

/** What was attempted; those who have no name remember nothing. */
interface Attempted {
  readonly subscription: string | undefined;
  readonly key: string;
  /** Which delivered it: one of another generation counts afresh. */
  readonly consumer: string;
}

function fieldsOf({ data }: StoredMessage): Partial<Record<string, unknown>> {
  try {
    return JSON.parse(new TextDecoder().decode(data)) ?? {};
  } catch {
    return {};
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
