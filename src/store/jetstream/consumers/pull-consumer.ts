import { setTimeout } from "node:timers/promises";
import { createInbox, type Msg, nanos, type Subscription } from "@nats-io/transport-node";
import type { Connected } from "../connection/server-connection.js";
import { deliveryInfo } from "../messages/delivery-info.js";
import type { StoredMessage } from "../order-codec.js";
import { ACK_WAIT } from "./consumer-config.js";

/** A message that the server has handed over and awaits word of. */
export interface PulledMessage {
  readonly message: StoredMessage;
  /** How often it was handed over by now, from 1. */
  readonly deliveries: number;
  /** Where the server awaits word of it. */
  readonly reply: string;
}

/**
 * How long a request for messages stands, in milliseconds. It cannot be taken back: what comes after
 * nobody listens any more is handed over again only after a long wait, so its end is waited for.
 */
const EXPIRES = 250;

/** Gets messages of one consumer as they are asked for, and tells the server that they are in hand. */
export class PullConsumer {
  readonly stream: string;
  readonly consumer: string;
  readonly #connected: Connected;
  readonly #notice: () => void;
  readonly #inbox = createInbox();
  readonly #subscription: Subscription;
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #held = new Set<PulledMessage>();
  #ready: PulledMessage[] = [];
  #last = 0;
  #asked = 0;
  #heard = 0;
  #isEmpty = false;
  #isLost = false;
  #onAnswer = () => {};

  /** @param notice is called whenever there may be something new. */
  constructor(connected: Connected, stream: string, consumer: string, notice: () => void) {
    this.stream = stream;
    this.consumer = consumer;
    this.#connected = connected;
    this.#notice = notice;
    this.#subscription = connected.nc.subscribe(this.#inbox, {
      callback: (error, msg) => {
        if (error === null) this.#hear(msg);
        else this.#lose();
      },
    });
    this.#timers = [
      setInterval(() => this.#keepInHand(), ACK_WAIT / 3),
      setInterval(() => this.#listen(), 12 * EXPIRES),
    ];
  }

  /** How many messages are here, handed on or not. */
  get held(): number {
    return this.#held.size;
  }

  /** Whether {@link take} has something to give. */
  get hasReady(): boolean {
    return this.#ready.length > 0;
  }

  /** The number in the stream of the last message that came; 0 if none did. */
  get last(): number {
    return this.#last;
  }

  /** Whether the last request that was not to wait found nothing. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Whether the consumer may be gone: somebody has to look. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** The next message that is here. */
  take(): PulledMessage | undefined {
    return this.#ready.shift();
  }

  /** Asks for so many, unless some are asked for already. With `wait: false` for one that waits now. */
  ask(count: number, { wait }: { wait: boolean }): void {
    if (this.#asked > 0 || this.#ready.length > 0 || count < 1) return;
    this.#asked = wait ? count : 1;
    this.#isEmpty = false;
    this.#isLost = false;
    const request = wait ? { batch: count, expires: nanos(EXPIRES) } : { batch: 1, no_wait: true };
    this.#connected.nc.publish(
      `$JS.API.CONSUMER.MSG.NEXT.${this.stream}.${this.consumer}`,
      JSON.stringify(request),
      { reply: this.#inbox },
    );
  }

  /** Word of the message was given: it is no longer in hand. */
  release(pulled: PulledMessage): void {
    this.#held.delete(pulled);
  }

  /** Stops asking; returns what is still in hand, with what was on its way when it was stopped. */
  async close(): Promise<PulledMessage[]> {
    if (this.#asked > 0) await this.#endOfRequest();
    for (const timer of this.#timers) clearInterval(timer);
    this.#subscription.unsubscribe();
    const left = [...this.#held];
    this.#held.clear();
    return left;
  }

  #hear(msg: Msg): void {
    this.#heard++;
    this.#take(msg);
    if (this.#asked === 0) this.#onAnswer();
  }

  #take(msg: Msg): void {
    const info = deliveryInfo(msg);
    if (info !== undefined) {
      const { seq, deliveries } = info;
      this.#last = seq;
      const message = { seq, subject: msg.subject, data: msg.data };
      const pulled = { message, deliveries, reply: msg.reply as string };
      this.#held.add(pulled);
      this.#ready.push(pulled);
      this.#asked = Math.max(0, this.#asked - 1);
      this.#notice();
      return;
    }
    const code = msg.headers?.code;
    if (code === 404 || code === 408) {
      this.#asked = 0;
      this.#isEmpty = true;
      this.#notice();
    } else {
      this.#lose(); // 409: the consumer was deleted or has a new leader; 503: nobody has it
    }
  }

  async #endOfRequest(): Promise<void> {
    const ending = new AbortController();
    this.#onAnswer = () => ending.abort();
    // Where there is no server at the moment, nothing is on its way.
    await setTimeout(2 * EXPIRES, undefined, ending).catch(() => {});
  }

  #lose(): void {
    this.#asked = 0;
    this.#isLost = true;
    this.#notice();
  }

  #keepInHand(): void {
    for (const { reply } of this.#held) this.#connected.nc.publish(reply, "+WPI");
  }

  /** A server that was restarted knows nothing of what it was asked. */
  #listen(): void {
    if (this.#asked > 0 && this.#heard === 0) this.#lose();
    this.#heard = 0;
  }
}
