import { setTimeout as pause } from "node:timers/promises";
import { createInbox, type Msg, nanos, type Subscription } from "@nats-io/transport-node";
import { parkingKey, type StoredEvent } from "../../order-feed.js";
import type { EventSource, OpenOptions, PendingEvent } from "../../subscription/ports.js";
import { deliveryInfo } from "../messages/delivery-info.js";
import type { StoredMessage } from "../messages/order-codec.js";
import type { Connected, ServerConnection } from "../server/server-connection.js";
import { ACK_WAIT_MS, type Consumer, infoOf } from "./consumers.js";
import type { Contact } from "./contact.js";
import type { SubscriptionRecords } from "./records.js";

/** How long an answer to an acknowledgement may take, before it is sent again. */
const CONFIRM_TIMEOUT_MS = 2000;
/**
 * A request cannot be withdrawn, and what comes once nobody listens is delivered again only after
 * {@link ACK_WAIT_MS}: so requests are short, and the end of the last one is waited for.
 */
const REQUEST_EXPIRES_MS = 250;
const SILENCE_LIMIT_MS = 12 * REQUEST_EXPIRES_MS;

/** A consumer that events are pulled from. */
export interface PulledConsumer extends Consumer {
  /** What a message of it delivers; `undefined`: nothing. */
  decode(message: StoredMessage): Promise<DecodedEvent | undefined>;
  /** Creates it again if it is gone. */
  recreate(lastSeq: number): Promise<void>;
}

type DecodedEvent = StoredEvent & Pick<PendingEvent, "retryOf">;

/** A message that the server has delivered and that is not settled yet. */
interface Pulled {
  readonly message: StoredMessage;
  /** How often it was delivered by now, from 1. */
  readonly deliveryCount: number;
  readonly ackSubject: string;
}

/** The events of one consumer, which is the position of a subscription and divides them between its subscribers. */
export class PulledEvents implements EventSource {
  readonly #server: ServerConnection;
  readonly #consumer: PulledConsumer;
  readonly #records: SubscriptionRecords;
  readonly #contact: Contact;
  readonly #options: OpenOptions;
  readonly #inbox = createInbox();
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #unsettled = new Set<Pulled>();
  /** Those that wait to be taken. */
  readonly #ready: Pulled[] = [];
  /** Those that go back at the end: not while a request is open, which would get them. */
  readonly #released: Pulled[] = [];
  #connected: Connected | undefined;
  #subscription: Subscription | undefined;
  #lastSeq = 0;
  #requested = 0;
  #repliesSinceCheck = 0;
  #unconfirmed = 0;
  #state: "lost" | "pulling" | "empty" | "closed" = "lost";
  #onReply = () => {};

  constructor(
    server: ServerConnection,
    consumer: PulledConsumer,
    records: SubscriptionRecords,
    contact: Contact,
    options: OpenOptions,
  ) {
    this.#server = server;
    this.#consumer = consumer;
    this.#records = records;
    this.#contact = contact;
    this.#options = options;
    this.#timers = [
      setInterval(() => this.#extendAckWait(), ACK_WAIT_MS / 3),
      setInterval(() => this.#checkSilence(), SILENCE_LIMIT_MS),
    ];
  }

  async next(room: number): Promise<PendingEvent | undefined> {
    this.#contact.check();
    if (room < 1) return undefined;
    for (let pulled = this.#ready.shift(); pulled; pulled = this.#ready.shift()) {
      const event = await this.#consumer.decode(pulled.message);
      if (event !== undefined) return this.#pending(pulled, event);
      await this.#acknowledge(pulled);
    }
    if (this.#state === "lost") await this.#contact.keepTrying(() => this.#resume());
    if (this.#state !== "empty" || !this.#options.untilCaughtUp) this.#request(room);
    return undefined;
  }

  /** Whatever was requested will not come: the consumer has to be looked for. */
  lose(): void {
    if (this.#state === "closed") return;
    this.#requested = 0;
    this.#state = "lost";
    this.#options.changed.notify();
  }

  /** What is in flight at another subscriber may come back: only without it is all handled. */
  async isCaughtUp(): Promise<boolean> {
    if (this.#state !== "empty") return false;
    const info = await infoOf(this.#server, this.#consumer);
    if (!info || info.num_pending + info.num_ack_pending <= this.#unsettled.size) return true;
    this.#state = "pulling";
    this.#options.changed.notifySoon();
    return false;
  }

  /** Ends the pulling. What was not taken is refused too, so that the next subscriber need not wait for it. */
  async close(): Promise<void> {
    if (this.#requested > 0) await this.#endOfRequest();
    this.#state = "closed";
    for (const timer of this.#timers) clearInterval(timer);
    this.#subscription?.unsubscribe();
    if (this.#contact.isLost) return; // then it is all delivered again, later
    await Promise.all(this.#ready.map((pulled) => this.#discount(pulled)));
    const left = [...this.#released, ...this.#ready];
    left.sort((one, other) => one.message.seq - other.message.seq);
    await Promise.all(left.map((pulled) => this.#refuse(pulled)));
    if (this.#unconfirmed === 0) return;
    await this.#server.ask("acknowledge the orders", ({ nc }) => nc.flush());
  }

  /** The consumer counts deliveries: what is recorded is how many attempts there are beyond that. */
  async #pending(pulled: Pulled, event: DecodedEvent): Promise<PendingEvent> {
    const { deliveryCount } = pulled;
    const { subscription: name } = this.#options;
    const key = parkingKey(event);
    let extra = await this.#extraAttempts(pulled, key);
    const record = async (attempts: number) => {
      if (attempts === extra || name === undefined) return;
      await this.#records.recordExtraAttempts(name, key, attempts);
      extra = attempts;
    };
    return {
      ...event,
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
        if (this.#state === "closed") await this.#refuse(pulled);
        else this.#released.push(pulled);
      },
    };
  }

  async #extraAttempts({ deliveryCount }: Pulled, key: string): Promise<number> {
    const { subscription: name } = this.#options;
    if (deliveryCount === 1 || name === undefined) return 0;
    return this.#records.extraAttempts(name, key);
  }

  /** What was delivered and not taken was no attempt. */
  async #discount(pulled: Pulled): Promise<void> {
    const { subscription: name } = this.#options;
    const event = await this.#consumer.decode(pulled.message);
    if (event === undefined || name === undefined) return;
    const key = parkingKey(event);
    const extra = await this.#extraAttempts(pulled, key);
    await this.#records.recordExtraAttempts(name, key, extra - 1);
  }

  /** With `untilCaughtUp` one message, if there is one now. */
  #request(room: number): void {
    if (this.#requested > 0 || this.#connected === undefined || this.#state === "lost") return;
    const { js, nc } = this.#connected;
    if (nc.isClosed()) {
      this.lose();
      return;
    }
    const wait = !this.#options.untilCaughtUp;
    this.#requested = wait ? room : 1;
    this.#state = "pulling";
    const { stream, name } = this.#consumer;
    const request = wait
      ? { batch: room, expires: nanos(REQUEST_EXPIRES_MS) }
      : { batch: 1, no_wait: true };
    nc.publish(`${js.apiPrefix}.CONSUMER.MSG.NEXT.${stream}.${name}`, JSON.stringify(request), {
      reply: this.#inbox,
    });
  }

  async #resume(): Promise<void> {
    if (this.#connected !== undefined) await this.#consumer.recreate(this.#lastSeq);
    const connected = await this.#server.ask("connect", async (current) => current);
    // Through another connection, if the one it had is closed for good.
    if (connected.nc !== this.#connected?.nc) {
      this.#subscription = connected.nc.subscribe(this.#inbox, {
        callback: (error, msg) => (error === null ? this.#receive(msg) : this.lose()),
      });
    }
    this.#connected = connected;
    this.#state = "pulling";
  }

  #receive(msg: Msg): void {
    this.#repliesSinceCheck++;
    const info = deliveryInfo(msg);
    if (info !== undefined) {
      const { seq, deliveryCount } = info;
      const message = { seq, subject: msg.subject, data: msg.data };
      const pulled = { message, deliveryCount, ackSubject: msg.reply as string };
      this.#lastSeq = seq;
      this.#unsettled.add(pulled);
      this.#ready.push(pulled);
      this.#requested = Math.max(0, this.#requested - 1);
      this.#options.changed.notify();
    } else if (msg.headers?.code === 404 || msg.headers?.code === 408) {
      this.#requested = 0;
      if (this.#state === "pulling") this.#state = "empty";
      this.#options.changed.notify();
    } else {
      this.lose(); // 409: the consumer was deleted or has a new leader; 503: it does not exist
    }
    if (this.#requested === 0) this.#onReply();
  }

  async #endOfRequest(): Promise<void> {
    const ending = new AbortController();
    this.#onReply = () => ending.abort();
    // Without a connection there is no reply, and nothing on its way.
    await pause(2 * REQUEST_EXPIRES_MS, undefined, ending).catch(() => {});
  }

  /**
   * The server confirms the last acknowledgement of each batch, and with it those before; when the confirmation is
   * lost it is sent again, which changes nothing.
   */
  async #acknowledge(pulled: Pulled): Promise<void> {
    this.#unsettled.delete(pulled);
    const { batch = 1 } = this.#options;
    const confirm = ++this.#unconfirmed >= batch || this.#state === "closed";
    if (confirm) this.#unconfirmed = 0;
    await this.#server.ask("acknowledge the order", async ({ nc }) => {
      if (!confirm) return nc.publish(pulled.ackSubject, "+ACK");
      try {
        await nc.request(pulled.ackSubject, "+ACK", { timeout: CONFIRM_TIMEOUT_MS });
      } catch (error) {
        // Not confirmed is what the consumer has yet to deliver: it was reset or removed, or its server was killed and
        // came back in the state of a moment before. Then it is delivered again.
        const info = await infoOf(this.#server, this.#consumer);
        if (info && info.delivered.stream_seq >= pulled.message.seq) throw error;
      }
    });
  }

  /** What is not refused is delivered again, later. */
  async #refuse(pulled: Pulled): Promise<void> {
    this.#unsettled.delete(pulled);
    const timeout = CONFIRM_TIMEOUT_MS;
    await this.#server
      .attempt(({ nc }) => nc.request(pulled.ackSubject, "-NAK", { timeout }))
      .catch(() => {});
  }

  #extendAckWait(): void {
    if (this.#connected?.nc.isClosed()) {
      this.lose();
      return;
    }
    for (const { ackSubject } of this.#unsettled) this.#connected?.nc.publish(ackSubject, "+WPI");
  }

  /** A server that was restarted has forgotten the request. */
  #checkSilence(): void {
    if (this.#requested > 0 && this.#repliesSinceCheck === 0) this.lose();
    this.#repliesSinceCheck = 0;
  }
}
