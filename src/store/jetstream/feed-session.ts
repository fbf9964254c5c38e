import type { Order } from "../../domain/order.js";
import type { Delivery, FeedOptions } from "../order-feed.js";
import type { Damage } from "../order-store.js";
import type { Wakeup } from "../wakeup.js";
import { decodeOrder, isDamage } from "./order-message.js";
import type { Parking } from "./parking.js";
import type { Pulled, Puller } from "./puller.js";
import type { ServerConnection } from "./server-connection.js";
import { consumerInfo } from "./subscription-consumer.js";

/** What a session works with. */
export interface SessionParts {
  readonly server: ServerConnection;
  /** Of the stream of orders. */
  readonly main: Puller;
  /** Of what is to be handed over again, and where it is kept; a passing subscription has neither. */
  readonly kept?: { readonly name: string; readonly retries: Puller; readonly parking: Parking };
  readonly wakeup: Wakeup;
  /** Sees to a consumer that may be gone; throws if there is nothing to go on with. */
  readonly revive: (puller: Puller) => Promise<void>;
  /** The order that stands at a place of the stream. */
  readonly orderAt: (seq: number) => Promise<Order | undefined>;
  readonly onDamage: (damage: Damage) => void;
}

/** An order in hand, and how it came there. */
interface InHand {
  readonly order: Order;
  readonly seq: number;
  readonly pulled: Pulled;
  readonly puller: Puller;
  attempt: number;
  /** Attempts that only this program knows of. */
  uncounted: number;
}

/** Somebody who is subscribed: hands orders over, and tells the server what became of them. */
export class FeedSession {
  readonly #parts: SessionParts;
  readonly #options: FeedOptions;
  readonly #inHand = new Set<InHand>();
  /** Attempts at orders that were parked before this session; only they can be parked unknown to it. */
  readonly #parkedBefore: ReadonlyMap<string, number>;
  #unconfirmed = 0;

  constructor(parts: SessionParts, options: FeedOptions, parked: ReadonlyMap<string, number>) {
    this.#parts = parts;
    this.#options = options;
    this.#parkedBefore = parked;
  }

  async *deliver(): AsyncGenerator<Delivery, void> {
    const { main, kept, wakeup } = this.#parts;
    const { batch = 1, signal, untilCaughtUp = false } = this.#options;
    signal?.addEventListener("abort", wakeup.now);
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
        await wakeup.next();
        if (untilCaughtUp && room > 0 && (await this.#nothingWaits())) return;
      }
    } finally {
      signal?.removeEventListener("abort", wakeup.now);
      await this.#end();
    }
  }

  /** Another's order in hand may come back: only when there is none is all handled. */
  async #nothingWaits(): Promise<boolean> {
    const { main, kept, server, wakeup } = this.#parts;
    const pullers = kept === undefined ? [main] : [main, kept.retries];
    if (!pullers.every((each) => each.isEmpty)) return false;
    for (const { stream, consumer, held } of pullers) {
      const info = await server.ask("read the feed", (connected) =>
        consumerInfo(connected, stream, consumer),
      );
      if (info !== undefined && info.num_pending + info.num_ack_pending > held) {
        wakeup.soon();
        return false;
      }
    }
    return true;
  }

  async #handOver(puller: Puller): Promise<Delivery | undefined> {
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

  async #open(puller: Puller, pulled: Pulled): Promise<InHand | undefined> {
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
    this.#parts.wakeup.now();
  }

  /**
   * Gives the server word of a message. It confirms the last one of each batch, and with it all
   * before; when its answer is lost it is told again, which changes nothing.
   */
  async #say(puller: Puller, pulled: Pulled, word: "+ACK" | "-NAK"): Promise<void> {
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
