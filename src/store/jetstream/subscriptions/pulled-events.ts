import { type NatsConnection, nanos } from "@nats-io/transport-node";
import { parkingKey, type StoredEvent } from "../../order-feed.js";
import type { EventSource, OpenOptions, PendingEvent } from "../../subscription/ports.js";
import type { StoredMessage } from "../messages/order-codec.js";
import { type DeliveredMessage, pull, SILENCE_LIMIT_MS } from "../messages/pull.js";
import { type ConsumerName, consumerInfo } from "../server/consumers.js";
import { isTransient, Unavailable } from "../server/failures.js";
import type { ServerConnection } from "../server/server-connection.js";
import type { Contact } from "./contact.js";
import type { SubscriptionRecords } from "./records.js";

/**
 * After this long without a sign of life from its subscriber, an order in flight is delivered to
 * another. A subscriber that is alive gives one three times as often.
 */
export const ACK_WAIT_MS = 15_000;
/** How long a server is asked to wait for events; its heartbeats tell meanwhile that it is there. */
const WAITING = { expires: nanos(10_000), idle_heartbeat: nanos(1000) };
/** Where contact was lost it shall be told soon that it is regained. */
const SOON = { expires: nanos(250) };
const NOW = { no_wait: true } as const;

const ACKS_TOGETHER_MS = 10;

/** Where the events of a subscription come from. */
export interface PulledConsumer {
  /** The consumer as it was a moment ago. */
  readonly opened: ConsumerName;
  /** The consumer as it is now, created again if it has to be: a reset replaces it. */
  current(lastSeq: number): Promise<ConsumerName>;
  /** What a message of it delivers; `undefined`: nothing. */
  decode(message: StoredMessage): Promise<DecodedEvent | undefined>;
}

type DecodedEvent = StoredEvent & Pick<PendingEvent, "retryOf">;

/** A message that the server has delivered and that is not settled yet. */
interface Pulled extends DeliveredMessage {
  readonly consumer: ConsumerName;
}

/** The events of one consumer, which is the position of a subscription and divides them between its subscribers. */
export class PulledEvents implements EventSource {
  readonly #server: ServerConnection;
  readonly #source: PulledConsumer;
  readonly #records: SubscriptionRecords;
  readonly #contact: Contact;
  readonly #options: OpenOptions;
  readonly #extending = setInterval(() => this.#extendAckWait(), ACK_WAIT_MS / 3);
  readonly #unsettled = new Set<Pulled>();
  /** Those that wait to be taken. */
  readonly #ready: Pulled[] = [];
  /** Those that go back at the end: not while a request is open, which would get them. */
  readonly #released: Pulled[] = [];
  /** `undefined`: it has to be looked for. */
  #consumer: ConsumerName | undefined;
  /** Acknowledgements that are yet to be sent: to send each alone takes longer than all else. */
  readonly #acks: string[] = [];
  #sendingAcks: NodeJS.Timeout | undefined;
  #pulling: Promise<void> | undefined;
  readonly #ending = new AbortController();
  #answeredAt = Date.now();
  #lastSeq = 0;
  #unconfirmed = 0;
  #isEmpty: boolean = false;
  #isClosed: boolean = false;

  constructor(
    server: ServerConnection,
    source: PulledConsumer,
    records: SubscriptionRecords,
    contact: Contact,
    options: OpenOptions,
  ) {
    this.#server = server;
    this.#source = source;
    this.#consumer = source.opened;
    this.#records = records;
    this.#contact = contact;
    this.#options = options;
  }

  async next(room: number): Promise<PendingEvent | undefined> {
    this.#contact.check();
    if (room < 1) return undefined;
    for (let pulled = this.#ready.shift(); pulled; pulled = this.#ready.shift()) {
      const event = await this.#source.decode(pulled);
      if (event !== undefined) return this.#pending(pulled, event);
      await this.#acknowledge(pulled);
    }
    if (this.#pulling === undefined && !(this.#isEmpty && this.#options.untilCaughtUp)) {
      this.#pulling = this.#pull(room);
    }
    return undefined;
  }

  /** What is in flight at another subscriber may come back: only without it is all handled. */
  async isCaughtUp(): Promise<boolean> {
    const consumer = this.#consumer;
    if (!this.#isEmpty || this.#ready.length > 0 || consumer === undefined) return false;
    const info = await this.#server.ask("read the feed", (each) => consumerInfo(each, consumer));
    const own = [...this.#unsettled].filter((each) => each.consumer.name === consumer.name);
    if (!info || info.num_pending + info.num_ack_pending <= own.length) return true;
    this.#isEmpty = false;
    this.#options.changed.notifySoon();
    return false;
  }

  /** Ends the pulling. What was not taken goes back too, so that the next subscriber need not wait for it. */
  async close(): Promise<void> {
    clearInterval(this.#extending);
    this.#ending.abort();
    if (!this.#contact.isLost) await this.#pulling;
    for (const pulled of this.#contact.isLost ? [] : this.#ready) {
      const event = await this.#source.decode(pulled);
      if (event === undefined) continue;
      const { attempt, release } = await this.#pending(pulled, event);
      await release(attempt - 1);
    }
    this.#isClosed = true;
    if (this.#contact.isLost) return; // then it is all delivered again, later
    const left = this.#released.sort((one, other) => one.seq - other.seq);
    await Promise.all(left.map((pulled) => this.#refuse(pulled)));
    if (this.#unconfirmed === 0) return;
    await this.#server.ask("acknowledge the orders", ({ nc }) => {
      this.#sendAcks(nc);
      return nc.flush();
    });
  }

  /** Asks for what is waiting: with `untilCaughtUp` now, else as it comes. */
  async #pull(batch: number): Promise<void> {
    const { changed, untilCaughtUp } = this.#options;
    try {
      const consumer = this.#consumer ?? (await this.#source.current(this.#lastSeq));
      this.#consumer = consumer;
      let received = 0;
      const request = { batch, ...(untilCaughtUp ? NOW : this.#contact.isLost ? SOON : WAITING) };
      const take = (message: DeliveredMessage) => {
        received++;
        this.#lastSeq = message.seq;
        const pulled = { ...message, consumer };
        this.#unsettled.add(pulled);
        this.#ready.push(pulled);
        changed.notify();
      };
      const { signal } = this.#ending;
      const answered = await pull(this.#server, consumer, request, take, signal);
      if (!answered) throw new Unavailable("the consumer is gone");
      this.#isEmpty = received < batch;
      this.#answeredAt = Date.now();
      this.#contact.regain();
      changed.notify();
    } catch (error) {
      this.#consumer = undefined;
      const isPassing = isTransient(error) || isTransient((error as Error).cause);
      if (!isPassing) this.#contact.giveUp(error);
      else if (Date.now() - this.#answeredAt > SILENCE_LIMIT_MS) this.#contact.lose();
      changed.notifySoon();
    } finally {
      this.#pulling = undefined;
    }
  }

  /** The consumer counts deliveries: what is recorded is how many attempts there are beyond that. */
  async #pending(pulled: Pulled, event: DecodedEvent): Promise<PendingEvent> {
    const { deliveryCount, consumer } = pulled;
    const { subscription } = this.#options;
    const of = () => ({ subscription, key: parkingKey(event), consumer: consumer.name });
    let extra = deliveryCount === 1 ? 0 : await this.#records.extraAttempts(of());
    const record = async (attempts: number) => {
      if (attempts !== extra) await this.#records.recordExtraAttempts(of(), attempts);
      extra = attempts;
    };
    const { event: kind, order, retryOf } = event;
    return {
      event: kind,
      order,
      retryOf,
      attempt: deliveryCount + extra,
      isRepeated: deliveryCount > 1,
      begin: (attempt) => record(attempt - deliveryCount),
      settle: async () => {
        await record(0);
        await this.#acknowledge(pulled);
      },
      release: async (attempts) => {
        if (this.#contact.isLost) return;
        await record(attempts - deliveryCount);
        if (this.#isClosed) await this.#refuse(pulled);
        else this.#released.push(pulled);
      },
    };
  }

  /**
   * The server confirms the last acknowledgement of each batch, and with it those before; when the confirmation is
   * lost it is sent again, which changes nothing.
   */
  async #acknowledge(pulled: Pulled): Promise<void> {
    const { consumer, ackSubject, seq } = pulled;
    this.#unsettled.delete(pulled);
    const { batch = 1 } = this.#options;
    const confirm = ++this.#unconfirmed >= batch || this.#isClosed;
    if (confirm) this.#unconfirmed = 0;
    else {
      this.#acks.push(ackSubject);
      if (this.#unsettled.size > 0) {
        this.#sendingAcks ??= setTimeout(() => this.#sendAcksSoon(), ACKS_TOGETHER_MS);
        return;
      }
    }
    await this.#server.ask("acknowledge the order", async (connected) => {
      this.#sendAcks(connected.nc);
      if (!confirm) return;
      try {
        await connected.nc.request(ackSubject, "+ACK", { timeout: connected.patienceMs });
      } catch (error) {
        // Not confirmed is what the consumer has yet to deliver: it was reset or removed, or its server was killed and
        // came back in the state of a moment before. Then it is delivered again.
        const info = await consumerInfo(connected, consumer);
        if (info && info.delivered.stream_seq >= seq) throw error;
      }
    });
  }

  #sendAcksSoon(): void {
    this.#sendingAcks = undefined;
    void this.#server.attempt(async ({ nc }) => this.#sendAcks(nc)).catch(() => {});
  }

  #sendAcks(nc: NatsConnection): void {
    clearTimeout(this.#sendingAcks);
    this.#sendingAcks = undefined;
    for (const ackSubject of this.#acks.splice(0)) nc.publish(ackSubject, "+ACK");
  }

  /** What is not refused is delivered again, later. */
  async #refuse(pulled: Pulled): Promise<void> {
    this.#unsettled.delete(pulled);
    await this.#server
      .attempt(({ nc, patienceMs: timeout }) => nc.request(pulled.ackSubject, "-NAK", { timeout }))
      .catch(() => {});
  }

  #extendAckWait(): void {
    void this.#server
      .attempt(async ({ nc }) => {
        for (const { ackSubject } of this.#unsettled) nc.publish(ackSubject, "+WPI");
      })
      .catch(() => {});
  }
}
