import type { Order } from "../../domain/order.js";
import type { Delivery, FeedOptions } from "../order-feed.js";
import type { Damage } from "../order-store.js";
import type { Signal } from "../signal.js";
import type { ServerConnection } from "./connection/server-connection.js";
import { consumerInfo } from "./consumers/consumer-config.js";
import type { PullConsumer, PulledMessage } from "./consumers/pull-consumer.js";
import { decodeOrder, isDamage } from "./order-codec.js";
import type { Parking } from "./parking.js";

/** What a subscriber works with. */
export interface SubscriberParts {
  readonly server: ServerConnection;
  /** Of the stream of orders. */
  readonly main: PullConsumer;
  /** Of what is to be handed over again, and where it is kept; a passing subscription has neither. */
  readonly kept?: {
    readonly name: string;
    readonly retries: PullConsumer;
    readonly parking: Parking;
  };
  readonly changed: Signal;
  /** Sees to a consumer that may be gone; throws if there is nothing to go on with. */
  readonly revive: (puller: PullConsumer) => Promise<void>;
  /** The order that stands at a place of the stream. */
  readonly orderAt: (seq: number) => Promise<Order | undefined>;
  readonly onDamage: (damage: Damage) => void;
}

/** An order in hand, and how it came there. */
interface InHand {
  readonly order: Order;
  readonly seq: number;
  readonly pulled: PulledMessage;
  readonly puller: PullConsumer;
  attempt: number;
  /** Attempts that only this program knows of. */
  uncounted: number;
}

/** Somebody who is subscribed: hands orders over, and tells the server what became of them. */
export class Subscriber {
  readonly #parts: SubscriberParts;
  readonly #options: FeedOptions;
  readonly #inHand = new Set<InHand>();
  /** Attempts at orders that were parked before this subscriber; only they can be parked unknown to it. */
  readonly #parkedBefore: ReadonlyMap<string, number>;
  #unconfirmed = 0;

  constructor(parts: SubscriberParts, options: FeedOptions, parked: ReadonlyMap<string, number>) {
    this.#parts = parts;
    this.#options = options;
    this.#parkedBefore = parked;
  }

  async *deliver(): AsyncGenerator<Delivery, void> {
    const { main, kept, changed } = this.#parts;
    const { batch = 1, signal, untilCaughtUp = false } = this.#options;
    signal?.addEventListener("abort", changed.notify);
    try {
      while (!signal?.aborted) {
        const room = batch - this.#inHand.size;
        const puller = [kept?.retries, main].find((each) => each?.hasReady);
        if (room > 0 && puller !== undefined) {
          const delivery = await this.#handOver(puller);
          if (delivery !== undefined) yield delivery;
          continue;
        }
        for (const each of [kept?.retries, main]) {
          if (each?.isLost) await this.#parts.revive(each);
          each?.ask(each === main ? room : Math.min(room, 1), { wait: !untilCaughtUp });
        }
        await changed.wait();
        if (untilCaughtUp && room > 0 && (await this.#nothingWaits())) return;
      }
    } finally {
      signal?.removeEventListener("abort", changed.notify);
      await this.#end();
    }
  }

  /** Another's order in hand may come back: only when there is none is all handled. */
  async #nothingWaits(): Promise<boolean> {
    const { main, kept, server, changed } = this.#parts;
    const pullers = kept === undefined ? [main] : [main, kept.retries];
    if (!pullers.every((each) => each.isEmpty)) return false;
    for (const { stream, consumer, held } of pullers) {
      const info = await server.ask("read the feed", (connected) =>
        consumerInfo(connected, stream, consumer),
      );
      if (info !== undefined && info.num_pending + info.num_ack_pending > held) {
        changed.notifySoon();
        return false;
      }
    }
    return true;
  }

  async #handOver(puller: PullConsumer): Promise<Delivery | undefined> {
    const pulled = puller.take();
    if (pulled === undefined) return undefined;
    const hand = await this.#open(puller, pulled);
    if (hand === undefined) {
      await this.#say(puller, pulled, "+ACK");
      return undefined;
    }
    this.#inHand.add(hand);
    return this.#delivery(hand);
  }

  async #open(puller: PullConsumer, pulled: PulledMessage): Promise<InHand | undefined> {
    const { kept, main, onDamage, orderAt } = this.#parts;
    const { message, deliveries } = pulled;
    const id = message.subject.slice(message.subject.lastIndexOf(".") + 1);
    const again = deliveries > 1 && kept !== undefined;
    const uncounted = again ? await kept.parking.uncounted(kept.name, id) : 0;
    if (puller === main) {
      const order = decodeOrder(main.stream, message);
      if (isDamage(order)) {
        onDamage(order);
        return undefined;
      }
      const attempt = (this.#parkedBefore.get(id) ?? 0) + deliveries + uncounted;
      return { order, seq: message.seq, pulled, puller, attempt, uncounted };
    }
    const entry = await kept?.parking.read(kept.name, id);
    const order = entry && (await orderAt(entry.seq));
    if (entry === undefined || order === undefined) return undefined; // given up meanwhile
    const attempt = entry.attempts + deliveries + uncounted;
    return { order, seq: entry.seq, pulled, puller, attempt, uncounted };
  }

  #delivery(hand: InHand): Delivery {
    const { kept } = this.#parts;
    return {
      order: hand.order,
      attempt: hand.attempt,
      redelivered: hand.attempt > 1,
      ack: async () => {
        if (!this.#inHand.delete(hand)) return;
        // Removed first: what is announced again and no longer parked is passed over.
        if (this.#mayBeParked(hand)) await kept?.parking.remove("parked", kept.name, hand.order.id);
        await this.#settle(hand);
      },
      retry: async () => {
        hand.attempt++;
        hand.uncounted++;
        await kept?.parking.count(kept.name, hand.order.id, hand.uncounted);
        return this.#delivery(hand);
      },
      park: async (reason) => {
        if (!this.#inHand.delete(hand)) return;
        const { seq, attempt: attempts } = hand;
        const parkedAt = new Date().toISOString();
        await kept?.parking.keep(kept.name, hand.order.id, { seq, reason, attempts, parkedAt });
        await this.#settle(hand);
      },
    };
  }

  #mayBeParked({ puller, pulled, order }: InHand): boolean {
    return puller !== this.#parts.main || pulled.deliveries > 1 || this.#parkedBefore.has(order.id);
  }

  async #settle({ uncounted, order, puller, pulled }: InHand): Promise<void> {
    const { kept } = this.#parts;
    if (uncounted > 0) await kept?.parking.remove("attempts", kept.name, order.id);
    await this.#say(puller, pulled, "+ACK");
    this.#parts.changed.notify();
  }

  /**
   * Gives the server word of a message. It confirms the last one of each batch, and with it all
   * before; when its answer is lost it is told again, which changes nothing.
   */
  async #say(puller: PullConsumer, pulled: PulledMessage, word: "+ACK" | "-NAK"): Promise<void> {
    const { server } = this.#parts;
    puller.release(pulled);
    const confirm = word === "-NAK" || ++this.#unconfirmed >= (this.#options.batch ?? 1);
    if (confirm && word === "+ACK") this.#unconfirmed = 0;
    await server.ask("remember that the order was handled", async (connected) => {
      if (!confirm) return connected.nc.publish(pulled.reply, word);
      try {
        await connected.nc.request(pulled.reply, word, { timeout: 2000 });
      } catch (error) {
        // A consumer that was removed meanwhile has nothing to remember.
        if (await consumerInfo(connected, puller.stream, puller.consumer)) throw error;
      }
    });
  }

  /** What is left is handed to the next, at once rather than when the server has waited enough. */
  async #end(): Promise<void> {
    const { main, kept, server } = this.#parts;
    const pullers = kept === undefined ? [main] : [main, kept.retries];
    await Promise.all(
      pullers.map(async (puller) => {
        for (const pulled of await puller.close()) {
          await this.#say(puller, pulled, "-NAK").catch(() => {});
        }
      }),
    );
    this.#inHand.clear();
    if (this.#unconfirmed > 0) {
      await server.ask("remember that the orders were handled", ({ nc }) => nc.flush());
    }
  }
}
