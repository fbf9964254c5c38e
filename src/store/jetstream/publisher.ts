import { JetStreamApiCodes } from "@nats-io/jetstream";
import type { PlacedOrder } from "../../domain/commands.js";
import type { Order } from "../../domain/order.js";
import { OrdersError } from "../../errors.js";
import type { Connected, ServerConnection } from "./connection/server-connection.js";
import { isOutcomeUnknown, isTransient, serverFailure } from "./errors.js";
import { apiCode, isNoResponders, Unavailable } from "./failures/kinds.js";
import { Limiter } from "./limiter.js";
import { decodeOrder, encodeOrder, isDamage } from "./order-codec.js";
import { createIfMissing, orderStream, streamInfo } from "./streams.js";
import { allOrders, orderSubject } from "./subjects.js";

/** How long one attempt may take to be acknowledged. */
const ACK_TIMEOUT_MS = 1000;
/** More would not be faster: they would wait at the server instead of here. */
const MAX_IN_FLIGHT = 256;

/**
 * Stores orders as messages, each once, however often it has to be sent.
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
  publish(order: Order): Promise<PlacedOrder> {
    return this.#limiter.run(() => this.#persist(order));
  }

  async #persist(order: Order): Promise<PlacedOrder> {
    const backoff = this.#server.backoff();
    let outcomeUnknown = false;
    for (let attempt = 1; ; attempt++) {
      try {
        const holder = await this.#server.attempt((connected) =>
          this.#publishOnce(connected, order),
        );
        if (holder === undefined) return { order, replayed: false };
        OrdersError.refuseDifference(holder, order);
        const own = attempt > 1 && holder.placedAt === order.placedAt;
        return { order: holder, replayed: !own };
      } catch (error) {
        if (error instanceof StreamCreated) continue;
        outcomeUnknown ||= isOutcomeUnknown(error);
        if (isTransient(error) && (await backoff.pause())) continue;
        throw this.#failure(order, error, outcomeUnknown);
      }
    }
  }

  /** @returns the order that holds the id, if another message does. */
  async #publishOnce(connected: Connected, order: Order): Promise<Order | undefined> {
    const { location } = this.#server;
    const subject = orderSubject(location, order.id);
    try {
      await connected.js.publish(subject, encodeOrder(order), {
        // Another stream may have these subjects: what it stored would not be found.
        expect: { lastSubjectSequence: 0, streamName: location.stream },
        timeout: Math.min(ACK_TIMEOUT_MS, location.timeoutMs),
      });
      return undefined;
    } catch (error) {
      if (isNoResponders(error)) {
        // Once for all that were sent together, so that they keep their order.
        this.#ensuringStream ??= this.#ensureStream(connected, subject).finally(() => {
          this.#ensuringStream = undefined;
        });
        await this.#ensuringStream;
      }
      if (apiCode(error) !== JetStreamApiCodes.StreamWrongLastSequence) throw error;
    }
    const message = await connected.jsm.streams.getMessage(location.stream, {
      last_by_subj: subject,
    });
    if (message === null) throw new Unavailable("it is not stored yet", { outcomeUnknown: true });
    const holder = decodeOrder(location.stream, message);
    if (!isDamage(holder)) return holder;
    throw new OrdersError("store-failed", `cannot store the order: ${holder.problem}`, {
      hint: `see ${holder.location}`,
    });
  }

  /** Nobody received the order: creates the stream if there is none; else it has no leader now. */
  async #ensureStream(connected: Connected, subject: string): Promise<void> {
    const { location } = this.#server;
    const info = await streamInfo(connected, location.stream);
    if (info === undefined) {
      if (await createIfMissing(connected, orderStream(location))) throw new StreamCreated();
    } else if (!info.config.subjects.includes(allOrders(location))) {
      throw new OrdersError(
        "server-failed",
        `cannot store the order: stream ${location.stream} does not accept ${subject}: ${location.shown}`,
        { hint: `it accepts ${info.config.subjects.join(" ")}; see ?prefix=… and ?stream=…` },
      );
    }
  }

  #failure(order: Order, error: unknown, outcomeUnknown: boolean): unknown {
    const { shown } = this.#server.location;
    if (!outcomeUnknown) return serverFailure("store the order", shown, error);
    return serverFailure(`make sure that order ${order.id} is stored`, shown, error, {
      code: "outcome-unknown",
      hint: `it may or may not be stored; placing it again with --id ${order.id} is safe`,
    });
  }
}

/** There was no stream; the order can be sent again. */
class StreamCreated extends Error {
  override readonly name = "StreamCreated";
}
