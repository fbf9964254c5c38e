import type { Order } from "../domain/order.js";
import { OrdersError } from "../errors.js";
import { crc32OfText } from "./crc32.js";
import { IdSet } from "./id-set.js";
import { OrderJson } from "./order-json.js";

/**
 * The orders of a store by their ids, each in 48 to 96 bytes: enough to tell whether another order is the
 * same.
 */
export class KnownOrders {
  readonly #checksums = new IdSet(2);
  readonly #location: string;

  /** @param location of the store that has these orders. */
  constructor(location: string) {
    this.#location = location;
  }

  /** Adds an order unless its id is there. @returns whether it was not. */
  add(order: OrderJson): boolean {
    return this.#checksums.add(
      order.id,
      crc32OfText(order.contentJson),
      crc32OfText(order.placedAt),
    );
  }

  has(id: string): boolean {
    return this.#checksums.has(id);
  }

  /** @param ignoreTime the order is the same though it was placed at another time. */
  compare(order: Order, { ignoreTime = false } = {}): Comparison {
    const { id } = order;
    const content = this.#checksums.value(id, 0);
    if (content === undefined) return "missing";
    const isSame =
      content === crc32OfText(OrderJson.of(order).contentJson) &&
      (ignoreTime || this.#checksums.value(id, 1) === crc32OfText(order.placedAt));
    return isSame ? "same" : "different";
  }

  /**
   * Those of the orders whose ids are not there, each once.
   *
   * @throws {OrdersError} `conflict` if one is another order than that of its id.
   */
  missing(orders: readonly Order[]): readonly OrderJson[] {
    const missing = new Map<string, OrderJson>();
    for (const order of orders) {
      const known = this.compare(order);
      const json = OrderJson.of(order);
      const other = missing.get(json.id) ?? json;
      const isOther = other !== json && other.placedJson !== json.placedJson;
      if (known === "different" || isOther) throw this.conflict(order);
      if (known === "missing") missing.set(json.id, other);
    }
    return [...missing.values()];
  }

  /** Another order has the id of this one. */
  conflict({ id }: Order): OrdersError {
    const location = this.#location;
    const message = `order ${id} differs in ${location}`;
    return new OrdersError("conflict", message, { orderId: id, location });
  }
}

/** What is known of an order: nothing, that it is there, or that another one holds its id. */
export type Comparison = "missing" | "same" | "different";
