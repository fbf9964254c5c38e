import { JetStreamApiCodes } from "@nats-io/jetstream";
import type { PlacedOrder } from "../../../domain/commands.js";
import type { Cancellation, Order } from "../../../domain/order.js";
import { OrdersError } from "../../../errors.js";
import type { Damage, StoreAs } from "../../order-store.js";

import { refuseConflict } from "../../refuse-conflict.js";
import { leaderMessage } from "../messages/next-messages.js";
import {
  decodeCancellation,
  decodeOrder,
  encodeCancellation,
  encodeOrder,
  isDamage,
  type StoredMessage,
} from "../messages/order-codec.js";
import {
  apiCode,
  isNoResponders,
  isOutcomeUnknown,
  isTransient,
  serverFailure,
  Unavailable,
} from "../server/failures.js";
import type { Connected, ServerConnection } from "../server/server-connection.js";
import { createIfMissing, orderStream, streamInfo, subjectsOf } from "../server/streams.js";
import {
  allCancellations,
  allOrders,
  cancellationSubject,
  orderSubject,
} from "../server/subjects.js";
import { Limiter } from "./limiter.js";

/** How long one attempt may take to be acknowledged. */
const ACK_TIMEOUT_MS = 1000;
/** More would not be faster: they would wait at the server instead of here. */
const MAX_IN_FLIGHT = 256;

/**
 * Stores orders and cancellations as messages, each once, however often it has to be sent.
 *
 * The server stores a message only if there is none of its subject, which ends in the order's id;
 * so what is sent again because its acknowledgement was lost is refused if it was stored the first
 * time. All servers of a cluster agree on that. A message id would add nothing: each server keeps
 * recent ids by itself, and a new leader can call a duplicate what was never stored.
 */
export class OrderPublisher {
  readonly #server: ServerConnection;
  readonly #limiter = new Limiter(MAX_IN_FLIGHT);
  #ensuringStream: Promise<void> | undefined;

  constructor(server: ServerConnection) {
    this.#server = server;
  }

  /**
   * Stores an order, with repeated attempts until the location's timeout.
   *
   * @throws {OrdersError} `conflict`; `server-failed`: it was not stored; `outcome-unknown`: it may be.
   */
  async publish(order: Order, as?: StoreAs): Promise<PlacedOrder> {
    const { location } = this.#server;
    const { holder = order, attempts } = await this.#persist({
      id: order.id,
      what: "stored",
      subject: orderSubject(location, order.id),
      body: encodeOrder(order, as),
      decode: (message) => decodeOrder(location.stream, message),
    });
    refuseConflict(holder, order);
    const own = holder === order || (attempts > 1 && holder.placedAt === order.placedAt);
    return { order: holder, replayed: !own };
  }

  /**
   * Stores the cancellation of an order that is stored.
   *
   * @returns the cancellation that holds.
   * @throws {OrdersError} `server-failed`: it was not stored; `outcome-unknown`: it may be.
   */
  async cancel(
    cancellation: Cancellation,
    as?: StoreAs,
  ): Promise<{ readonly cancellation: Cancellation; readonly replayed: boolean }> {
    const { location } = this.#server;
    const { id, cancelledAt } = cancellation;
    const { holder = cancellation, attempts } = await this.#persist({
      id,
      what: "cancelled",
      subject: cancellationSubject(location, id),
      body: encodeCancellation(cancellation, as),
      decode: (message) => decodeCancellation(location.stream, message),
    });
    const own = holder === cancellation || (attempts > 1 && holder.cancelledAt === cancelledAt);
    return { cancellation: holder, replayed: !own };
  }

  #persist<T extends object>(record: StoredOnce<T>): Promise<Persisted<T>> {
    return this.#limiter.run(async () => {
      const backoff = this.#server.backoff();
      let isSent = false;
      let outcomeUnknown = false;
      for (let attempts = 1; ; attempts++) {
        try {
          const holder = await this.#server.attempt(async (connected) => {
            isSent = true;
            return this.#publishOnce(connected, record);
          });
          return { holder, attempts };
        } catch (error) {
          if (error instanceof StreamCreated) continue;
          outcomeUnknown ||= isSent && isOutcomeUnknown(error);
          if (isTransient(error) && (await backoff.pause())) continue;
          throw this.#failure(record, error, outcomeUnknown);
        }
      }
    });
  }

  /** @returns what another message of the subject holds, if there is one. */
  async #publishOnce<T extends object>(
    connected: Connected,
    { what, subject, body, decode }: StoredOnce<T>,
  ): Promise<T | undefined> {
    const { location } = this.#server;
    try {
      await connected.js.publish(subject, body, {
        // Another stream may have these subjects: what it stored would not be found.
        expect: { lastSubjectSequence: 0, streamName: location.stream },
        timeout: Math.min(ACK_TIMEOUT_MS, location.timeoutMs),
      });
      return undefined;
    } catch (error) {
      if (isNoResponders(error)) {
        // Once for all that were sent together, so that they keep their order.
        this.#ensuringStream ??= this.#ensureStream(connected, subject, what).finally(() => {
          this.#ensuringStream = undefined;
        });
        await this.#ensuringStream;
      }
      if (apiCode(error) !== JetStreamApiCodes.StreamWrongLastSequence) throw error;
    }
    const message = await leaderMessage(connected, location.stream, { last_by_subj: subject });
    if (message === null) throw new Unavailable("it is not stored yet", { outcomeUnknown: true });
    const holder = decode(message);
    if (!isDamage(holder)) return holder;
    throw new OrdersError("store-failed", `cannot ${VERBS[what]} the order: ${holder.problem}`, {
      hint: `see ${holder.location}`,
    });
  }

  /** Nobody received the message: creates the stream if there is none; else it has no leader now. */
  async #ensureStream(
    connected: Connected,
    subject: string,
    what: StoredOnce<object>["what"],
  ): Promise<void> {
    const { location } = this.#server;
    const info = await streamInfo(connected, location.stream);
    if (info === undefined) {
      if (await createIfMissing(connected, orderStream(location))) throw new StreamCreated();
      return;
    }
    const subjects = subjectsOf(info);
    const wanted = what === "stored" ? allOrders(location) : allCancellations(location);
    if (subjects.includes(wanted)) return;
    throw new OrdersError(
      "server-failed",
      `cannot ${VERBS[what]} the order: stream ${location.stream} does not accept ${subject}: ${location.shown}`,
      {
        hint: `it accepts ${subjects.join(" ")}; see ?prefix=… and ?stream=…`,
      },
    );
  }

  #failure({ id, what }: StoredOnce<object>, error: unknown, outcomeUnknown: boolean): unknown {
    const { shown } = this.#server.location;
    if (!outcomeUnknown) return serverFailure(`${VERBS[what]} the order`, shown, error);
    return serverFailure(`make sure that order ${id} is ${what}`, shown, error, {
      code: "outcome-unknown",
      orderId: id,
      record: what === "stored" ? "order" : "cancellation",
    });
  }
}

/** What is to be stored as the only message of a subject. */
interface StoredOnce<T extends object> {
  /** Of the order. */
  readonly id: string;
  /** What the order is then. */
  readonly what: "stored" | "cancelled";
  readonly subject: string;
  readonly body: string;
  readonly decode: (message: StoredMessage) => T | Damage;
}

interface Persisted<T> {
  /** What was stored already; `undefined`: it is what was published. */
  readonly holder: T | undefined;
  readonly attempts: number;
}

const VERBS = { stored: "store", cancelled: "cancel" } as const;

/** There was no stream; the order can be sent again. */
class StreamCreated extends Error {
  override readonly name = "StreamCreated";
}
