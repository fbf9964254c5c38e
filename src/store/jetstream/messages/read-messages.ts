import { AckPolicy, DeliverPolicy } from "@nats-io/jetstream";
import {
  createInbox,
  type Msg,
  type NatsConnection,
  nanos,
  TimeoutError,
} from "@nats-io/transport-node";
import { Signal } from "../../signal.js";
import type { Connected, ServerConnection } from "../connection/server-connection.js";
import { isTransient, serverFailure } from "../errors.js";
import type { StoredMessage } from "../order-codec.js";
import { isMissingStream } from "../streams.js";
import { deliveryInfo } from "./delivery-info.js";
import { getMessages } from "./get-messages.js";

/** What to read. */
export interface ReadOptions {
  readonly stream: string;
  /** Messages of these subjects. */
  readonly subjects: string;
  /** Begin with this number in the stream. */
  readonly from?: number;
  /** Leave the bodies out. */
  readonly headersOnly?: boolean;
  /**
   * The stream holds nothing else, so that a number that is passed over is missing on the replica
   * that was read from; it is asked for.
   */
  readonly gapless?: boolean;
}

const READING = "read the orders";
/** The server says this often that it is still there; half a minute of silence is too long a list. */
const HEARTBEAT = 1000;

/** The newest message of these subjects, from the leader, who knows what was acknowledged. */
export async function lastMessage(
  server: ServerConnection,
  stream: string,
  subjects: string,
): Promise<StoredMessage | null> {
  return server.ask(READING, async ({ jsm }) => {
    try {
      return await jsm.streams.getMessage(stream, { last_by_subj: subjects });
    } catch (error) {
      if (isMissingStream(error)) return null;
      throw error;
    }
  });
}

/** {@link readBatches}, message by message. */
export async function* readMessages(
  server: ServerConnection,
  options: ReadOptions,
): AsyncGenerator<StoredMessage, void> {
  for await (const batch of readBatches(server, options)) yield* batch;
}

/**
 * Reads what is stored by now, oldest first, in bounded memory. A server that goes away meanwhile
 * is waited for, and reading goes on where it stood, message by message: making a consumer needs more
 * of a cluster to be there.
 *
 * @returns as many at a time as have arrived: handing on each alone takes longer than reading it.
 */
export async function* readBatches(
  server: ServerConnection,
  options: ReadOptions,
): AsyncGenerator<readonly StoredMessage[], void> {
  const last = await lastMessage(server, options.stream, options.subjects);
  let next = options.from ?? 1;
  if (last === null || next > last.seq) return;
  try {
    for await (const { messages, pending } of pushed(await server.connected(), options, next)) {
      const batch = messages.filter(({ seq }) => seq <= last.seq);
      yield* options.gapless ? withoutGaps(server, options, batch, next) : [batch];
      next = (batch.at(-1)?.seq ?? next - 1) + 1;
      if (next > last.seq) return;
      // It is a replica that pushes, and it may lag behind the leader, who knows of more.
      if (pending === 0) break;
    }
  } catch (error) {
    if (!isTransient(error)) throw serverFailure(READING, server.location.shown, error);
  }
  for await (const message of getMessages(server, { ...options, from: next, to: last.seq })) {
    yield [message];
  }
}

async function* withoutGaps(
  server: ServerConnection,
  options: ReadOptions,
  messages: readonly StoredMessage[],
  first: number,
): AsyncGenerator<readonly StoredMessage[], void> {
  let next = first;
  let begin = 0;
  for (const [index, { seq }] of messages.entries()) {
    if (seq > next) {
      yield messages.slice(begin, index);
      begin = index;
      const missing = getMessages(server, { ...options, from: next, to: seq - 1 });
      for await (const message of missing) yield [message];
    }
    next = seq + 1;
  }
  yield messages.slice(begin);
}

interface Pushed {
  readonly messages: readonly StoredMessage[];
  /** How many come after the last of them. */
  readonly pending: number;
}

/**
 * One consumer's messages for as long as they come without a gap. It is the server that pushes,
 * which is faster than asking, and flow control that keeps it from pushing too much.
 */
async function* pushed(
  connected: Connected,
  options: ReadOptions,
  from: number,
): AsyncGenerator<Pushed, void> {
  const { nc, jsm } = connected;
  const inbox = createInbox();
  const arrivals = new Arrivals();
  const subscription = nc.subscribe(inbox, {
    callback: (error, msg) => (error ? arrivals.end(error) : arrivals.add(msg)),
  });
  const watchdog = new Watchdog(() => subscription.getReceived());
  try {
    await jsm.consumers.add(options.stream, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: from,
      filter_subject: options.subjects,
      deliver_subject: inbox,
      flow_control: true,
      idle_heartbeat: nanos(HEARTBEAT),
      inactive_threshold: nanos(10 * HEARTBEAT),
      headers_only: options.headersOnly ?? false,
      max_deliver: 1,
      mem_storage: true,
      num_replicas: 1,
    });
    // Silence, or messages that fell out on the way: what is missing can be asked for.
    watchdog.start(() => arrivals.end(new TimeoutError()));
    let delivered = 0;
    for (;;) {
      const messages: StoredMessage[] = [];
      let pending = Number.NaN;
      for (const msg of await arrivals.next()) {
        const info = deliveryInfo(msg);
        if (info === undefined) answerFlowControl(nc, msg);
        else if (info.delivery === ++delivered) {
          messages.push({ seq: info.seq, subject: msg.subject, data: msg.data });
          pending = info.pending;
        } else {
          arrivals.end(new TimeoutError());
          break;
        }
      }
      yield { messages, pending };
    }
  } finally {
    watchdog.stop();
    subscription.unsubscribe();
  }
}

/** Messages that have come and were not taken yet. */
class Arrivals {
  #messages: Msg[] = [];
  #failure: Error | undefined;
  readonly #changed = new Signal();

  add(msg: Msg): void {
    this.#messages.push(msg);
    this.#changed.notify();
  }

  /** No more will come, or count. */
  end(failure: Error): void {
    this.#failure ??= failure;
    this.#changed.notify();
  }

  /** All that have come since the last time, at least one. Throws what it was ended with. */
  async next(): Promise<readonly Msg[]> {
    while (this.#messages.length === 0 && this.#failure === undefined) await this.#changed.wait();
    if (this.#failure !== undefined) throw this.#failure;
    const messages = this.#messages;
    this.#messages = [];
    return messages;
  }
}

function answerFlowControl(nc: NatsConnection, msg: Msg): void {
  const subject = msg.reply || msg.headers?.get("Nats-Consumer-Stalled");
  if (subject) nc.publish(subject);
}

/** Notices that nothing comes any more, not even a heartbeat. */
class Watchdog {
  readonly #received: () => number;
  #timer: NodeJS.Timeout | undefined;

  constructor(received: () => number) {
    this.#received = received;
  }

  start(onSilence: () => void): void {
    let before = -1;
    this.#timer = setInterval(() => {
      const now = this.#received();
      if (now === before) onSilence();
      before = now;
    }, 3 * HEARTBEAT);
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
