import { createInbox } from "@nats-io/transport-node";
import { noSubscription } from "../../feed-errors.js";
import type { Damage } from "../../order-store.js";
import type { Connected, ServerConnection } from "../connection/server-connection.js";
import {
  consumerInfo,
  type DeliverFrom,
  explicitConsumer,
  fromSeq,
} from "../consumers/consumer-config.js";
import { orderConsumer } from "../consumers/durable-consumers.js";
import { PullConsumer, type PulledMessage } from "../consumers/pull-consumer.js";
import { decodeOrder, isDamage } from "../order-codec.js";
import { allOrders } from "../subjects.js";
import type { Source, SourcedOrder } from "./source.js";
import { waitForServer } from "./wait-for-server.js";

/** What a source of orders works with. */
export interface OrderSourceOptions {
  readonly onChange: () => void;
  readonly onDamage: (damage: Damage) => void;
  readonly signal: AbortSignal | undefined;
}

/** The orders of a stream, from one consumer of it. */
abstract class OrderSource implements Source {
  readonly messages: PullConsumer;
  protected readonly server: ServerConnection;
  readonly #options: OrderSourceOptions;

  constructor(
    server: ServerConnection,
    connected: Connected,
    consumer: string,
    options: OrderSourceOptions,
  ) {
    const { stream } = server.location;
    this.messages = new PullConsumer(connected, stream, consumer, options.onChange);
    this.server = server;
    this.#options = options;
  }

  recreate(): Promise<void> {
    return waitForServer(() => this.recreateOnce(), this.#options.signal);
  }

  protected abstract recreateOnce(): Promise<void>;

  /** Attempts at an order that had been parked before; `undefined`: it was not. */
  protected abstract attemptsBefore(id: string): number | undefined;

  async decode({ message, deliveryCount }: PulledMessage): Promise<SourcedOrder | undefined> {
    const order = decodeOrder(this.messages.stream, message);
    if (isDamage(order)) {
      this.#options.onDamage(order);
      return undefined;
    }
    const earlierAttempts = this.attemptsBefore(order.id);
    const mayBeParked = deliveryCount > 1 || earlierAttempts !== undefined;
    return { order, seq: message.seq, earlierAttempts: earlierAttempts ?? 0, mayBeParked };
  }
}

/** The orders of a named subscription. */
export class NamedOrderSource extends OrderSource {
  readonly #name: string;
  readonly #parkedBefore: ReadonlyMap<string, number>;

  /** @param parkedBefore attempts at the orders that are parked, by id. */
  constructor(
    server: ServerConnection,
    connected: Connected,
    name: string,
    parkedBefore: ReadonlyMap<string, number>,
    options: OrderSourceOptions,
  ) {
    super(server, connected, orderConsumer(server, name).consumer, options);
    this.#name = name;
    this.#parkedBefore = parkedBefore;
  }

  protected override attemptsBefore(id: string): number | undefined {
    return this.#parkedBefore.get(id);
  }

  protected override async recreateOnce(): Promise<void> {
    if ((await orderConsumer(this.server, this.#name).info()) === undefined) {
      throw noSubscription(this.#name);
    }
  }
}

/** The orders of an ephemeral subscription, which nobody resumes. */
export class EphemeralOrderSource extends OrderSource {
  #next = 1;

  private constructor(...parameters: ConstructorParameters<typeof OrderSource>) {
    super(...parameters);
  }

  static async begin(
    server: ServerConnection,
    connected: Connected,
    from: DeliverFrom,
    options: OrderSourceOptions,
  ): Promise<EphemeralOrderSource> {
    const consumer = createInbox("ephemeral").replaceAll(".", "-");
    const source = new EphemeralOrderSource(server, connected, consumer, options);
    source.#next = (await source.#create(from)).delivered.stream_seq + 1;
    return source;
  }

  async remove({ jsm }: Connected): Promise<void> {
    await jsm.consumers.delete(this.messages.stream, this.messages.consumer).catch(() => {});
  }

  protected override attemptsBefore(): undefined {}

  protected override async recreateOnce(): Promise<void> {
    this.#next = Math.max(this.#next, this.messages.lastSeq + 1);
    const { stream, consumer } = this.messages;
    const info = await this.server.ask("read the feed", (connected) =>
      consumerInfo(connected, stream, consumer),
    );
    if (info === undefined) await this.#create(fromSeq(this.#next));
  }

  #create(from: DeliverFrom) {
    return this.server.ask("read the feed", ({ jsm }) =>
      jsm.consumers.add(this.messages.stream, {
        name: this.messages.consumer,
        ...explicitConsumer(allOrders(this.server.location), from),
        inactive_threshold: 300e9,
      }),
    );
  }
}
