import { parkingKey } from "../../order-feed.js";
import type { Damage } from "../../order-store.js";
import { isImported } from "../messages/order-codec.js";
import { decodeEvent } from "../orders/stored-event.js";
import type { ServerConnection } from "../server/server-connection.js";
import type { PullConsumer, PulledMessage } from "./pull-consumer.js";
import type { Source, SourcedEvent } from "./source.js";

/** The consumer of a subscription's orders, durable or ephemeral. */
interface OrderConsumer {
  /** @param lastSeq the last message that came from it. */
  recreate(lastSeq: number, signal: AbortSignal | undefined): Promise<void>;
}

/** The stored orders and cancellations that a subscription has not had yet. */
export class OrderSource implements Source {
  readonly messages: PullConsumer;
  readonly #server: ServerConnection;
  readonly #consumer: OrderConsumer;
  readonly #onDamage: (damage: Damage) => void;
  readonly #parkedAttempts: ReadonlyMap<string, number>;

  /** @param parkedAttempts attempts at what was parked before, by parking key. */
  constructor(
    server: ServerConnection,
    messages: PullConsumer,
    consumer: OrderConsumer,
    onDamage: (damage: Damage) => void,
    parkedAttempts: ReadonlyMap<string, number> = new Map(),
  ) {
    this.messages = messages;
    this.#server = server;
    this.#consumer = consumer;
    this.#onDamage = onDamage;
    this.#parkedAttempts = parkedAttempts;
  }

  recreate(signal: AbortSignal | undefined): Promise<void> {
    return this.#consumer.recreate(this.messages.lastSeq, signal);
  }

  async decode({ message, deliveryCount }: PulledMessage): Promise<SourcedEvent | undefined> {
    if (isImported(message)) return undefined;
    const stored = await decodeEvent(this.#server, message, this.#onDamage);
    if (stored === undefined) return undefined;
    const attempts = this.#parkedAttempts.get(parkingKey(stored));
    const mayBeParked = deliveryCount > 1 || attempts !== undefined;
    return { ...stored, seq: message.seq, earlierAttempts: attempts ?? 0, mayBeParked };
  }
}
