import { setTimeout } from "node:timers/promises";
import { createInbox, type Msg, nanos, type Subscription } from "@nats-io/transport-node";
import { deliveryInfo } from "../messages/delivery-info.js";
import type { StoredMessage } from "../messages/order-codec.js";
import type { Connected } from "../server/server-connection.js";
import { ACK_WAIT_MS } from "./consumer-config.js";

/** A message that the server has delivered and that is not acknowledged yet. */
export interface PulledMessage {
  readonly message: StoredMessage;
  /** How often it was delivered by now, from 1. */
  readonly deliveryCount: number;
  readonly ackSubject: string;
}

/**
 * A request cannot be withdrawn, and what comes once nobody listens is delivered again only after
 * {@link ACK_WAIT_MS}: so requests are short, and the end of the last one is waited for.
 */
const REQUEST_EXPIRES_MS = 250;
const SILENCE_LIMIT_MS = 12 * REQUEST_EXPIRES_MS;

/** Pulls messages from one consumer, and tells the server that they are being worked on. */
export class PullConsumer {
  readonly stream: string;
  readonly consumer: string;
  readonly #onChange: () => void;
  readonly #inbox = createInbox();
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #unacknowledged = new Set<PulledMessage>();
  readonly #ready: PulledMessage[] = [];
  #connected: Connected;
  #subscription: Subscription;
  #lastSeq = 0;
  #requested = 0;
  #repliesSinceCheck = 0;
  #isEmpty = false;
  #isLost = false;
  #onReply = () => {};

  /** @param onChange is called whenever there may be something new. */
  constructor(
    connected: Connected,
    { stream, consumer }: { readonly stream: string; readonly consumer: string },
    onChange: () => void,
  ) {
    this.stream = stream;
    this.consumer = consumer;
    this.#connected = connected;
    this.#onChange = onChange;
    this.#subscription = this.#subscribe();
    this.#timers = [
      setInterval(() => this.#extendAckWait(), ACK_WAIT_MS / 3),
      setInterval(() => this.#checkSilence(), SILENCE_LIMIT_MS),
    ];
  }

  /** How many messages are not acknowledged yet, taken or not. */
  get unacknowledged(): number {
    return this.#unacknowledged.size;
  }

  /** Whether {@link take} has something to give. */
  get hasReady(): boolean {
    return this.#ready.length > 0;
  }

  /** The number in the stream of the last message that came; 0 if none did. */
  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Whether the last request found nothing. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Whether the consumer may be gone, and has to be looked for. */
  get isLost(): boolean {
    return this.#isLost;
  }

  /** Pulls through another connection, if the one it has is closed for good. */
  attach(connected: Connected): void {
    if (connected.nc === this.#connected.nc) return;
    this.#connected = connected;
    this.#subscription = this.#subscribe();
  }

  /** The next message that has come. */
  take(): PulledMessage | undefined {
    return this.#ready.shift();
  }

  /** Requests so many, unless a request is open. With `wait: false` one, if one is there now. */
  request(count: number, { wait }: { wait: boolean }): void {
    if (this.#requested > 0 || this.#ready.length > 0 || count < 1) return;
    if (this.#connected.nc.isClosed()) {
      this.lose();
      return;
    }
    this.#requested = wait ? count : 1;
    this.#isEmpty = false;
    this.#isLost = false;
    const request = wait
      ? { batch: count, expires: nanos(REQUEST_EXPIRES_MS) }
      : { batch: 1, no_wait: true };
    this.#connected.nc.publish(
      `${this.#connected.js.apiPrefix}.CONSUMER.MSG.NEXT.${this.stream}.${this.consumer}`,
      JSON.stringify(request),
      { reply: this.#inbox },
    );
  }

  /** The message needs no more time: it was, or is about to be, acknowledged or refused. */
  settle(pulled: PulledMessage): void {
    this.#unacknowledged.delete(pulled);
  }

  /** Ends the pulling; returns what is not acknowledged, with what came meanwhile. */
  async close(): Promise<PulledMessage[]> {
    if (this.#requested > 0) await this.#endOfRequest();
    for (const timer of this.#timers) clearInterval(timer);
    this.#subscription.unsubscribe();
    const left = [...this.#unacknowledged];
    this.#unacknowledged.clear();
    return left;
  }

  #subscribe(): Subscription {
    return this.#connected.nc.subscribe(this.#inbox, {
      callback: (error, msg) => {
        if (error === null) this.#receive(msg);
        else this.lose();
      },
    });
  }

  #receive(msg: Msg): void {
    this.#repliesSinceCheck++;
    const info = deliveryInfo(msg);
    const code = msg.headers?.code;
    if (info !== undefined) {
      const message = { seq: info.seq, subject: msg.subject, data: msg.data };
      const { deliveryCount } = info;
      const pulled = { message, deliveryCount, ackSubject: msg.reply as string };
      this.#lastSeq = info.seq;
      this.#unacknowledged.add(pulled);
      this.#ready.push(pulled);
      this.#requested = Math.max(0, this.#requested - 1);
      this.#onChange();
    } else if (code === 404 || code === 408) {
      this.#requested = 0;
      this.#isEmpty = true;
      this.#onChange();
    } else {
      this.lose(); // 409: the consumer was deleted or has a new leader; 503: it does not exist
    }
    if (this.#requested === 0) this.#onReply();
  }

  async #endOfRequest(): Promise<void> {
    const ending = new AbortController();
    this.#onReply = () => ending.abort();
    // Without a connection there is no reply, and nothing on its way.
    await setTimeout(2 * REQUEST_EXPIRES_MS, undefined, ending).catch(() => {});
  }

  /** Whatever was requested will not come: the consumer has to be looked for. */
  lose(): void {
    this.#requested = 0;
    this.#isLost = true;
    this.#onChange();
  }

  #extendAckWait(): void {
    if (this.#connected.nc.isClosed()) {
      this.lose();
      return;
    }
    for (const { ackSubject } of this.#unacknowledged) {
      this.#connected.nc.publish(ackSubject, "+WPI");
    }
  }

  /** A server that was restarted has forgotten the request. */
  #checkSilence(): void {
    if (this.#requested > 0 && this.#repliesSinceCheck === 0) this.lose();
    this.#repliesSinceCheck = 0;
  }
}
