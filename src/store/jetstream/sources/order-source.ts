import type { Damage } from "../../order-store.js";
import type { PullConsumer, PulledMessage } from "../consumers/pull-consumer.js";
import { decodeOrder, isDamage } from "../order-codec.js";
import type { Source, SourcedOrder } from "./source.js";

/** The consumer of a subscription's orders, durable or ephemeral. */
interface OrderConsumer {
  /** @param lastSeq the last message that came from it. */
  recreate(lastSeq: number, signal: AbortSignal | undefined): Promise<void>;
}

/** The stored orders that a subscription has not had yet. */
export class OrderSource implements Source {
  readonly messages: PullConsumer;
  readonly #consumer: OrderConsumer;
  readonly #onDamage: (damage: Damage) => void;
  readonly #parkedAttempts: ReadonlyMap<string, number>;

  /** @param parkedAttempts attempts at the orders that were parked before, by id. */
  constructor(
    messages: PullConsumer,
    consumer: OrderConsumer,
    onDamage: (damage: Damage) => void,
    parkedAttempts: ReadonlyMap<string, number> = new Map(),
  ) {
    this.messages = messages;
    this.#consumer = consumer;
    this.#onDamage = onDamage;
    this.#parkedAttempts = parkedAttempts;
  }

  recreate(signal: AbortSignal | undefined): Promise<void> {
    return this.#consumer.recreate(this.messages.lastSeq, signal);
  }

  async decode({ message, deliveryCount }: PulledMessage): Promise<SourcedOrder | undefined> {
    const order = decodeOrder(this.messages.stream, message);
    if (isDamage(order)) {
      this.#onDamage(order);
      return undefined;
    }
    const attempts = this.#parkedAttempts.get(order.id);
    const mayBeParked = deliveryCount > 1 || attempts !== undefined;
    return { order, seq: message.seq, earlierAttempts: attempts ?? 0, mayBeParked };
  }
}
