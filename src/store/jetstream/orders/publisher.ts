import { JetStreamApiCodes, type PubAck, PubHeaders } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import { OrdersError } from "../../../errors.js";
import { type OrderRecord, orderIdOf, pastOf, verbOf } from "../../records/record.js";
import { getMessage } from "../messages/get-messages.js";
import { encodeRecord, type StoredMessage } from "../messages/order-codec.js";
import { Replies } from "../messages/replies.js";
import {
  apiCode,
  isNoResponders,
  isOutcomeUnknown,
  isTransient,
  serverFailure,
  Unavailable,
} from "../server/failures.js";
import type { Connected, ServerConnection } from "../server/server-connection.js";
import { refusalOf } from "../server/stream-refusal.js";
import { createIfMissing, orderStream, streamInfo, subjectsOf } from "../server/streams.js";
import { recordSubject, subjectMatcher } from "../server/subjects.js";
import { Limiter } from "./limiter.js";

/** A link may take as long for each byte, and be used. */
const BYTES_PER_MS = 50;
/** More would not be faster: they would wait at the server instead of here, or on a slow link too long. */
const MAX_BYTES_IN_FLIGHT = 1024 * 1024;
/** The least that one counts for. */
const MESSAGE_BYTES = 4096;

/** A record that is to be stored, and its message. */
export type NewRecord = OrderRecord & { readonly body: string };

/** A record with its message. */
export function newRecord(record: OrderRecord): NewRecord {
  const { kind, isImported } = record; // a line of a file is no plain object
  const body = encodeRecord(record);
  if (kind === "order") return { kind, order: record.order, isImported, body };
  return { kind, closing: record.closing, isImported, body };
}

/** What holds the place of a record once it was published. */
export interface Published {
  /** The message that was there before; `undefined`: what was published is stored. */
  readonly holder: StoredMessage | undefined;
  /** With several of them, the holder may be what an earlier one stored. */
  readonly attempts: number;
}

/**
 * Stores records as messages, each once, however often it has to be sent.
 *
 * The server stores a message only if there is none of its subject, which ends in the order's id;
 * so what is sent again because its acknowledgement was lost is refused if it was stored the first
 * time. All servers of a cluster agree on that. A message id would add nothing: each server keeps
 * recent ids by itself, and a new leader can call a duplicate what was never stored.
 */
export class OrderPublisher {
  readonly #server: ServerConnection;
  readonly #onWarning: (warning: OrdersError) => void;
  readonly #limiter = new Limiter(MAX_BYTES_IN_FLIGHT);
  readonly #expectNone = headers();
  #replies: Replies | undefined;
  #ensuringStream: Promise<boolean> | undefined;
  #looking: Promise<OrdersError | undefined> | undefined;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(server: ServerConnection, onWarning: (warning: OrdersError) => void) {
    this.#server = server;
    this.#onWarning = onWarning;
    // Another stream may have these subjects: what it stored would not be found.
    this.#expectNone.set(PubHeaders.ExpectedStreamHdr, server.location.stream);
    this.#expectNone.set(PubHeaders.ExpectedLastSubjectSequenceHdr, "0");
  }

  /**
   * Stores a record whose id nobody else can have, with repeated attempts until the location's timeout.
   *
   * @throws {OrdersError} `server-failed`: it was not stored; `outcome-unknown`: it may be.
   */
  publish(record: NewRecord): Promise<Published> {
    return this.#limiter.run(sizeOf(record), () => this.#persist(record));
  }

  /**
   * Stores many records in their order, as fast as a server takes them: those that were sent when one failed are settled
   * one after another, before others are sent. Who does this looks at their other subjects: see {@link publishFirst}.
   */
  async publishAll(records: readonly NewRecord[]): Promise<Stored[]> {
    const all: Stored[] = [];
    for (const first of records.slice(0, 1)) all.push(await this.#persist(first));
    while (all.length < records.length) {
      let isFailing = false;
      const attempts = records.slice(all.length).map((record) =>
        this.#limiter.run(sizeOf(record), async () => {
          if (isFailing) return "not sent";
          const stored = await this.#server
            .attempt((connected) => this.#publishOnce(connected, record, 1))
            .catch(() => undefined);
          isFailing ||= stored === undefined;
          return stored && { ...stored, attempts: 1 };
        }),
      );
      for (const stored of await Promise.all(attempts)) {
        if (stored === "not sent") break;
        all.push(stored ?? (await this.#persist(records[all.length] as NewRecord, true)));
      }
    }
    return all;
  }

  /**
   * The same of a record whose id somebody chose. It may have been imported and not imported at the same time, on
   * two subjects, of which the server compares only one: so whoever has stored one looks at the other, and takes its
   * own back if it is the later one. Subscriptions read what is not imported: so that is not even tried if the other
   * subject is known to be taken. Who closes an order has looked at both a moment ago.
   */
  publishFirst(record: NewRecord): Promise<Published> {
    const other = { ...record, isImported: !record.isImported };
    return this.#limiter.run(sizeOf(record), async () => {
      const isLookedAt = record.isImported || record.kind === "closing";
      const looking = isLookedAt ? null : this.#peek(other);
      // What is asked for together is sent in that order, however long each look takes.
      this.#turn = Promise.allSettled([this.#turn, looking]);
      await this.#turn;
      const before = await looking;
      if (before !== null) return { holder: before, attempts: 0 };
      const published = await this.#persist(record);
      try {
        return (await this.withdrawn(published, other)) ?? published;
      } catch (error) {
        throw this.#failure(record, (error as Error).cause ?? error, true);
      }
    });
  }

  /** What holds a subject, as far as one request tells: the server may be away. */
  async #peek(record: NewRecord): Promise<StoredMessage | null> {
    try {
      return await this.#server.attempt((connected) => this.#holder(connected, record));
    } catch (error) {
      if (isTransient(error)) return null;
      throw this.#failure(record, error, false);
    }
  }

  /** What holds the id instead, if what was published is behind it: then that is taken back. */
  async withdrawn({ holder, seq }: Stored, other: NewRecord): Promise<Published | undefined> {
    return this.#server.ask(`${verbOf(other)} the order`, async (connected) => {
      const first = await this.#holder(connected, other);
      if (first === null || first.seq > seq) return undefined;
      if (holder === undefined) await this.#takeBack(connected, seq);
      return { holder: first, attempts: 0 };
    });
  }

  async #persist(record: NewRecord, wasSent = false): Promise<Stored> {
    const backoff = this.#server.backoff();
    let isSent = wasSent;
    let outcomeUnknown = wasSent;
    for (let attempts = wasSent ? 2 : 1; ; attempts++) {
      try {
        const stored = await this.#server.attempt(async (connected) => {
          const holder = outcomeUnknown && (await this.#holder(connected, record));
          if (holder) return { holder, seq: holder.seq };
          isSent = true;
          return this.#publishOnce(connected, record, attempts);
        });
        if (stored !== undefined) return { ...stored, attempts };
      } catch (error) {
        outcomeUnknown ||= isSent && isOutcomeUnknown(error);
        if (isTransient(error) && (await backoff())) continue;
        throw this.#failure(record, error, outcomeUnknown);
      }
    }
  }

  /** @returns `undefined`: it was not, for there was no stream, which there is now. */
  async #publishOnce(
    connected: Connected,
    record: NewRecord,
    attempt: number,
  ): Promise<Pick<Stored, "holder" | "seq"> | undefined> {
    const { location } = this.#server;
    const bytes = Math.max(record.body.length, this.#limiter.taken);
    const patience = (connected.patienceMs / 2 + bytes / BYTES_PER_MS) * 2 ** (attempt - 1);
    const subject = recordSubject(location, record, orderIdOf(record));
    const options = { headers: this.#expectNone, timeout: Math.min(patience, location.timeoutMs) };
    this.#looking ??= refusalOf(connected, location, this.#onWarning).catch(() => undefined);
    try {
      // Whoever publishes one order needs no inbox besides that of the client.
      const isOne = attempt > 1 || this.#limiter.taken <= sizeOf(record);
      const publishing = isOne ? connected.js : this.#repliesOf(connected);
      const ack = await publishing.publish(subject, record.body, options);
      this.#refuseOtherDomain(ack, record);
      connected.known.add(location.stream);
      const refusal = await this.#looking;
      if (refusal !== undefined) {
        await this.#takeBack(connected, ack.seq).catch((error) => {
          throw this.#failure(record, error, true);
        });
        throw refusal;
      }
      return { holder: undefined, seq: ack.seq };
    } catch (error) {
      if (isNoResponders(error) && (await this.#createdStream(connected, record))) return undefined;
      if (apiCode(error) !== JetStreamApiCodes.StreamWrongLastSequence) throw error;
    }
    const holder = await this.#holder(connected, record);
    if (holder === null) throw new Unavailable("it is not stored yet", { outcomeUnknown: true });
    return { holder, seq: holder.seq };
  }

  #repliesOf(connected: Connected): Replies {
    if (this.#replies?.nc !== connected.nc) this.#replies = new Replies(this.#server, connected);
    return this.#replies;
  }

  async #takeBack({ jsm }: Connected, seq: number): Promise<void> {
    await jsm.streams.deleteMessage(this.#server.location.stream, seq, false).catch((error) => {
      if (!/no message found/.test((error as Error).message)) throw error;
    });
  }

  /** What is stored on the subject of the record. */
  #holder(connected: Connected, record: NewRecord): Promise<StoredMessage | null> {
    const { location } = this.#server;
    const last_by_subj = recordSubject(location, record, orderIdOf(record));
    return getMessage(connected, location.stream, { last_by_subj });
  }

  /** A leaf node with streams of its own answers for the hub that is meant, which never has the order. */
  #refuseOtherDomain({ domain: actual }: PubAck, record: NewRecord): void {
    const { domain, stream, shown } = this.#server.location;
    if (domain === undefined || domain === actual) return;
    const message = `cannot ${verbOf(record)} the order: stream ${stream} of ${actual ? `domain ${actual}` : "no domain"} took it: ${shown}`;
    throw new OrdersError("server-failed", message, {
      hint: "give the streams of each domain subjects of their own: ?prefix=…",
    });
  }

  /**
   * Nobody received the message: creates the stream if there is none; else it has no leader now. Once for all that
   * were sent together, so that they keep their order. @returns whether it was created.
   */
  #createdStream(connected: Connected, record: NewRecord): Promise<boolean> {
    this.#ensuringStream ??= this.#createStream(connected, record).finally(() => {
      this.#ensuringStream = undefined;
    });
    return this.#ensuringStream;
  }

  async #createStream(connected: Connected, record: NewRecord): Promise<boolean> {
    const { location } = this.#server;
    const info = await streamInfo(connected, location.stream);
    if (info === undefined) return createIfMissing(connected, orderStream(location));
    const subjects = subjectsOf(info);
    const wanted = recordSubject(location, record, orderIdOf(record));
    if (subjectMatcher(subjects)(wanted)) return false;
    throw new OrdersError(
      "server-failed",
      `cannot ${verbOf(record)} the order: stream ${location.stream} does not accept ${wanted}: ${location.shown}`,
      { hint: `it accepts ${subjects.join(" ")}; see ?prefix=… and ?stream=…` },
    );
  }

  #failure(record: NewRecord, error: unknown, outcomeUnknown: boolean): unknown {
    const { shown } = this.#server.location;
    if (!outcomeUnknown) return serverFailure(`${verbOf(record)} the order`, shown, error);
    const orderId = orderIdOf(record);
    const details = { code: "outcome-unknown", orderId, record: record.kind } as const;
    const wanted = `confirm that order ${orderId} was ${pastOf(record)}`;
    return serverFailure(wanted, shown, error, details);
  }
}

/** What was published, and where that or its holder is. */
export interface Stored extends Published {
  /** Its number in the stream. */
  readonly seq: number;
}

function sizeOf({ body }: NewRecord): number {
  return Math.max(body.length, MESSAGE_BYTES);
}
