import { JetStreamApiCodes } from "@nats-io/jetstream";
import type { PlacedOrder } from "../../domain/commands.js";
import { type Order, sameItems } from "../../domain/order.js";
import { OrdersError } from "../../errors.js";
import type { Connected, ServerConnection } from "./connection/server-connection.js";
import {
  apiCode,
  isNoResponders,
  isOutcomeUnknown,
  isTransient,
  serverFailure,
  Unavailable,
} from "./errors.js";
import { Limiter } from "./limiter.js";
import { decodeOrder, encodeOrder, isDamage } from "./order-codec.js";
import { createIfMissing, orderStream, orderSubject, streamInfo } from "./streams.js";

/** How long the answer to one attempt is waited for, in milliseconds. */
const PATIENCE = 1000;
/** As many orders at once as gain speed; more would only wait on the server instead of here. */
const AT_ONCE = 256;

/**
 * Stores orders as messages, each at most once however often it has to be sent.
 *
 * The server stores a message only if there is none of its subject, which ends in the order's id;
 * so whatever is sent again because its answer was lost meets what was stored the first time. All
 * servers of a cluster decide that alike. A message id would add nothing: each keeps the ids of the
 * last minutes for itself, and a new leader can call a duplicate what nobody has stored.
 */
export class OrderPublisher {
  readonly #server: ServerConnection;
  readonly #limiter = new Limiter(AT_ONCE);
  #looking: Promise<void> | undefined;

  constructor(server: ServerConnection) {
    this.#server = server;
  }

  /**
   * Stores an order, and tries for as long as the location's timeout allows.
   *
   * @throws {OrdersError} `conflict`; `server-failed`, which says whether it may be stored.
   */
  publish(order: Order): Promise<PlacedOrder> {
    return this.#limiter.run(() => this.#persist(order));
  }

  async #persist(order: Order): Promise<PlacedOrder> {
    const attempts = this.#server.attempts();
    let unsure = false;
    for (let tries = 1; ; tries++) {
      try {
        const holder = await this.#server.attempt((connected) => this.#attempt(connected, order));
        if (holder === undefined) return { order, replayed: false };
        if (!sameItems(holder, order)) throw OrdersError.conflict(holder);
        const own = tries > 1 && holder.placedAt === order.placedAt;
        return { order: holder, replayed: !own };
      } catch (error) {
        if (error instanceof StreamCreated) continue;
        unsure ||= isOutcomeUnknown(error);
        if (isTransient(error) && (await attempts.another())) continue;
        throw this.#failure(order, error, unsure);
      }
    }
  }

  /** @returns the order that holds the id, if another message does. */
  async #attempt(connected: Connected, order: Order): Promise<Order | undefined> {
    const { location } = this.#server;
    const subject = orderSubject(location, order.id);
    try {
      await connected.js.publish(subject, encodeOrder(order), {
        // A stream of another name may have these subjects too: what it takes would not be found.
        expect: { lastSubjectSequence: 0, streamName: location.stream },
        timeout: Math.min(PATIENCE, location.timeout),
      });
      return undefined;
    } catch (error) {
      if (isNoResponders(error)) {
        // One look for all that were sent together, so that they go on in their order.
        this.#looking ??= this.#seeToStream(connected, subject).finally(() => {
          this.#looking = undefined;
        });
        await this.#looking;
      }
      if (apiCode(error) !== JetStreamApiCodes.StreamWrongLastSequence) throw error;
    }
    const message = await connected.jsm.streams.getMessage(location.stream, {
      last_by_subj: subject,
    });
    if (message === null) throw new Unavailable("it is not stored yet", { unsure: true });
    const holder = decodeOrder(location.stream, message);
    if (!isDamage(holder)) return holder;
    throw new OrdersError("store-failed", `cannot store the order: ${holder.problem}`, {
      hint: `see ${holder.location}`,
    });
  }

  /** Nobody takes the order: creates the stream if there is none; else it will have a leader again. */
  async #seeToStream(connected: Connected, subject: string): Promise<void> {
    const { location } = this.#server;
    const info = await streamInfo(connected, location.stream);
    if (info === undefined) {
      if (await createIfMissing(connected, orderStream(location))) throw new StreamCreated();
    } else if (!info.config.subjects.includes(orderSubject(location, "*"))) {
      throw new OrdersError(
        "server-failed",
        `cannot store the order: stream ${location.stream} does not take ${subject}: ${location.shown}`,
        { hint: `it takes ${info.config.subjects.join(" ")}; see ?prefix=… and ?stream=…` },
      );
    }
  }

  #failure(order: Order, error: unknown, unsure: boolean): unknown {
    const { shown } = this.#server.location;
    if (!unsure) return serverFailure("store the order", shown, error);
    return serverFailure(`make sure that order ${order.id} is stored`, shown, error, {
      hint: `it may or may not be stored; placing it again with --id ${order.id} is safe`,
    });
  }
}

/** There was no stream, and now there is. */
class StreamCreated extends Error {
  override readonly name = "StreamCreated";
}
