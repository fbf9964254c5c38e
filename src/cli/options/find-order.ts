import type { Order } from "../../domain/order.js";
import { escapeUnsafe } from "../../domain/printable.js";
import { OrdersError } from "../../errors.js";
import type { OrderStore } from "../../store/order-store.js";
import type { Argument } from "./definition.js";

const ID_FORMS = "an order's id, or its first 4 or more characters";

/** The argument of a verb that {@link findOrder} resolves. */
export const ID: Argument = { name: "id", description: ID_FORMS };

const MIN_PREFIX_LENGTH = 4;
const MAX_CANDIDATES_SHOWN = 10;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const NIL = "00000000-0000-0000-0000-000000000000";

/**
 * Finds the one order whose id is `text` or begins with it, in either case.
 *
 * @param mustExist called if no order matches: throws if there is not even a store.
 * @throws {OrdersError} `invalid-usage`: not the beginning of an id; `order-not-found`: no
 *   order matches; `ambiguous-id`: more than one does.
 */
export async function findOrder(
  text: string,
  store: OrderStore,
  mustExist: () => Promise<void> = async () => {},
): Promise<Order> {
  const prefix = idPrefix(text);
  if (prefix === undefined) {
    throw new OrdersError("invalid-usage", `'${text}' is not an order id`, {
      hint: `give ${ID_FORMS}; see orders list`,
    });
  }
  const candidates = await store.findByIdPrefix(prefix, MAX_CANDIDATES_SHOWN + 1);
  const [order] = candidates;
  if (order === undefined) {
    await mustExist();
    throw OrdersError.noOrder(prefix, store.location);
  }
  if (candidates.length > 1) throw ambiguous(prefix, candidates);
  return order;
}

/** `text` in lower case if it is an id or the beginning of one, with dashes only where an id has them. */
export function idPrefix(text: string): string | undefined {
  const prefix = text.toLowerCase();
  const isPrefix =
    prefix.length >= MIN_PREFIX_LENGTH && UUID.test(prefix + NIL.slice(prefix.length));
  return isPrefix ? prefix : undefined;
}

function ambiguous(prefix: string, candidates: readonly Order[]): OrdersError {
  const lines = candidates.slice(0, MAX_CANDIDATES_SHOWN).map(({ id, items }) => {
    return `${id}  ${escapeUnsafe(items.join(", "))}`;
  });
  if (candidates.length > MAX_CANDIDATES_SHOWN) lines.push("…");
  return new OrdersError("ambiguous-id", `'${prefix}' matches more than one order`, {
    hint: lines.join("\n"),
  });
}
