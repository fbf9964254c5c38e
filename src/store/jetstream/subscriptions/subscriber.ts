import { OrdersError } from "../../../errors.js";
import { type FeedOptions, parkingKey } from "../../order-feed.js";
import type { StoreDelivery as Delivery } from "../../subscription/settle-once.js";
import type { Signal } from "../../subscription/signal.js";
import { isTransient } from "../server/failures.js";
import type { ConnectionStatus, ServerConnection } from "../server/server-connection.js";
import { Acknowledgements } from "./acknowledgements.js";
import { consumerInfo } from "./consumer-config.js";
import { Contact } from "./contact.js";
import type { Parking } from "./parking.js";
import type { PulledMessage } from "./pull-consumer.js";
import type { Source, SourcedEvent } from "./source.js";

/** What a subscriber delivers, and where it records what became of it. */
export interface SubscriberSources {
  readonly orders: Source;
  /** Come first. An ephemeral subscription has none, and no parking. */
  readonly retries?: Source;
  readonly parking?: Parking;
}

/** An order in flight. */
interface InFlight extends SourcedEvent {
  /** See {@link parkingKey}. */
  readonly key: string;
  readonly source: Source;
  readonly pulled: PulledMessage;
  attempt: number;
  /** It may have been handled before, though this is its first attempt that counts. */
  isRepeated: boolean;
  /** Attempts that the server's delivery count lacks; negative: that it has too many. */
  extraAttempts: number;
}

/** How long a server may leave a subscriber waiting before the connection counts as lost. */
const SILENCE_LIMIT_MS = 3000;

/** One reader of a subscription: delivers orders, and tells the server what became of them. */
export class Subscriber {
  readonly #server: ServerConnection;
  readonly #sources: SubscriberSources;
  readonly #all: readonly Source[];
  readonly #changed: Signal;
  readonly #options: FeedOptions;
  readonly #contact: Contact;
  readonly #inFlight = new Set<InFlight>();
  readonly #acknowledgements: Acknowledgements;

  /** @param changed is notified by the sources. */
  constructor(
    server: ServerConnection,
    sources: SubscriberSources,
    changed: Signal,
    options: FeedOptions,
  ) {
    this.#server = server;
    this.#sources = sources;
    this.#all = [sources.retries, sources.orders].filter((source) => source !== undefined);
    this.#changed = changed;
    this.#options = options;
    this.#contact = new Contact(server.location.shown, options);
    this.#acknowledgements = new Acknowledgements(server, options.batch ?? 1);
  }

  /** @param begun see {@link FeedOptions.onReady}. */
  async *deliver(begun: { readonly resumed: boolean }): AsyncGenerator<Delivery, void> {
    const { batch = 1, signal, untilCaughtUp = false, onReady } = this.#options;
    const { givenUp } = this.#contact;
    signal?.addEventListener("abort", this.#changed.notify);
    givenUp.addEventListener("abort", this.#changed.notify);
    const stopListening = this.#server.onStatus((status) => this.#noticeStatus(status));
    let mayBeSettled = false;
    try {
      onReady?.(begun);
      while (!signal?.aborted) {
        givenUp.throwIfAborted();
        const room = batch - this.#inFlight.size;
        const source = this.#all.find(({ messages }) => messages.hasReady);
        if (room > 0 && source !== undefined) {
          const delivery = await this.#next(source);
          if (delivery !== undefined) yield delivery;
          continue;
        }
        await this.#request(room, { wait: !untilCaughtUp });
        await this.#changed.wait();
        if (untilCaughtUp && room > 0 && (await this.#isCaughtUp())) break;
      }
      mayBeSettled = batch > 1; // one by one, who asks for the next order has given up the one before
    } finally {
      signal?.removeEventListener("abort", this.#changed.notify);
      stopListening();
      if (!mayBeSettled) this.#inFlight.clear();
      await this.#end();
    }
  }

  async #request(room: number, options: { wait: boolean }): Promise<void> {
    for (const source of this.#all) {
      if (source.messages.isLost) await this.#resume(source);
      source.messages.request(source === this.#sources.retries ? Math.min(room, 1) : room, options);
    }
  }

  #noticeStatus(status: ConnectionStatus): void {
    if (status instanceof Error) this.#contact.refuse(status);
    else if (status === "offline") this.#contact.lose();
    else for (const { messages } of this.#all) messages.lose(); // the server forgot what it was asked
  }

  /** Has the source resume, and waits for a server for as long as that takes. */
  async #resume(source: Source): Promise<void> {
    const { signal = new AbortController().signal } = this.#options;
    const ending = AbortSignal.any([signal, this.#contact.givenUp]);
    const silence = setTimeout(() => this.#contact.lose(), SILENCE_LIMIT_MS);
    try {
      while (!ending.aborted) {
        if (await unlessAborted(this.#recreate(source, signal), ending)) break;
      }
    } finally {
      clearTimeout(silence);
    }
  }

  /** @returns whether the source has resumed; else there was no server. */
  async #recreate(source: Source, signal: AbortSignal): Promise<boolean> {
    try {
      await source.recreate(signal);
      source.messages.attach(await this.#server.ask("connect", async (connected) => connected));
      this.#contact.regain();
      return true;
    } catch (error) {
      if (isTransient((error as Error).cause)) return false;
      throw error;
    }
  }

  /** What is in flight at another subscriber may come back: only without it is all handled. */
  async #isCaughtUp(): Promise<boolean> {
    if (!this.#all.every(({ messages }) => messages.isEmpty)) return false;
    for (const { messages } of this.#all) {
      const info = await this.#server.ask("read the feed", (connected) =>
        consumerInfo(connected, messages.stream, messages.consumer),
      );
      if (info && info.num_pending + info.num_ack_pending > messages.unacknowledged) {
        this.#changed.notifySoon();
        return false;
      }
    }
    return true;
  }

  async #next(source: Source): Promise<Delivery | undefined> {
    const pulled = source.messages.take();
    const sourced = pulled && (await source.decode(pulled));
    if (pulled !== undefined && sourced === undefined) {
      await this.#acknowledgements.acknowledge(source.messages, pulled);
    }
    if (pulled === undefined || sourced === undefined) return undefined;
    const key = parkingKey(sourced);
    const { deliveryCount } = pulled;
    const extraAttempts =
      deliveryCount > 1 ? ((await this.#sources.parking?.extraAttempts(key)) ?? 0) : 0;
    const attempt = sourced.earlierAttempts + deliveryCount + extraAttempts;
    const isRepeated = deliveryCount > 1;
    const inFlight = { ...sourced, key, source, pulled, attempt, isRepeated, extraAttempts };
    this.#inFlight.add(inFlight);
    return this.#delivery(inFlight);
  }

  #delivery(inFlight: InFlight): Delivery {
    const { event, order, key, seq, mayBeParked, earlierAttempts: parkedAttempts } = inFlight;
    const { parking } = this.#sources;
    return {
      event,
      order,
      attempt: inFlight.attempt,
      parkedAttempts,
      redelivered: inFlight.isRepeated || inFlight.attempt > 1,
      ack: async () => {
        this.#assertInFlight(inFlight);
        // Before the acknowledgement: a retry of what is no longer parked is skipped.
        if (mayBeParked) await parking?.unpark(key);
        await this.#settle(inFlight);
      },
      retry: () => this.#attempt(inFlight, 1),
      withdrawAttempt: () => this.#attempt(inFlight, -1),
      park: async (reason) => {
        this.#assertInFlight(inFlight);
        const isDropped = inFlight.source === this.#sources.retries && !(await parking?.find(key));
        const parkedAt = new Date().toISOString();
        const entry = { seq, reason, attempts: inFlight.attempt, parkedAt };
        if (!isDropped) await parking?.park(key, entry);
        await this.#settle(inFlight);
      },
    };
  }

  /** Goes on with another attempt: the next one, or the one before. */
  async #attempt(inFlight: InFlight, change: 1 | -1): Promise<Delivery> {
    this.#assertInFlight(inFlight);
    inFlight.attempt += change;
    inFlight.isRepeated = true;
    inFlight.extraAttempts += change;
    await this.#sources.parking?.recordExtraAttempts(inFlight.key, inFlight.extraAttempts);
    return this.#delivery(inFlight);
  }

  /** @throws {OrdersError} `invalid-usage`: the order was returned, and may be elsewhere by now. */
  #assertInFlight(inFlight: InFlight): void {
    if (this.#inFlight.has(inFlight)) return;
    const message = `order ${inFlight.order.id} was returned when its subscriber ended`;
    throw new OrdersError("invalid-usage", message);
  }

  async #settle(inFlight: InFlight): Promise<void> {
    const { extraAttempts, key, source, pulled } = inFlight;
    if (extraAttempts !== 0) await this.#sources.parking?.forgetExtraAttempts(key);
    await this.#acknowledgements.acknowledge(source.messages, pulled);
    this.#inFlight.delete(inFlight);
    this.#changed.notify();
  }

  /** What is not in flight is refused. */
  async #end(): Promise<void> {
    this.#acknowledgements.end();
    const left = (await Promise.all(this.#all.map(({ messages }) => messages.close()))).flat();
    const kept = new Set([...this.#inFlight].map(({ pulled }) => pulled));
    const { isLost } = this.#contact;
    this.#contact.end();
    if (isLost) return; // then it is all delivered again, later
    await this.#acknowledgements.refuse(left.filter((pulled) => !kept.has(pulled)));
    await this.#acknowledgements.flush();
  }
}

/** The result of a task; `undefined` once `signal` is aborted. */
async function unlessAborted<T>(task: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  let end = () => {};
  const aborted = new Promise<undefined>((resolve) => {
    end = () => resolve(undefined);
    signal.addEventListener("abort", end);
  });
  try {
    return await Promise.race([task, aborted]);
  } finally {
    signal.removeEventListener("abort", end);
    task.catch(() => {}); // nobody waits for it any more
  }
}
