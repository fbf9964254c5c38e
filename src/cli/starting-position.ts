import { OrdersError } from "../errors.js";
import type { StartingPosition } from "../store/order-feed.js";
import type { OrderStore } from "../store/order-store.js";
import { parseTime } from "./parse-time.js";

/** The text of `--from`, in the help of those verbs that have it. */
export const FROM_FORMS = "start, now, a time as list --since takes it, or an order's id";

const ID_PREFIX = /^[0-9a-f]{8}(?:-[0-9a-f-]{0,27})?$/;

/**
 * Understands `--from`.
 *
 * @throws {OrdersError} `invalid-usage` if it is none of {@link FROM_FORMS}; `not-found` if no order
 *   or more than one has such an id.
 */
export async function parseStartingPosition(
  text: string,
  store: OrderStore,
  now: Date,
): Promise<StartingPosition> {
  const word = text.trim().toLowerCase();
  if (word === "start" || word === "now") return word;
  if (ID_PREFIX.test(word)) return { id: await onlyOne(word, store) };
  const time = parseTime(word, now);
  if (time !== undefined) return { since: time.first.toISOString() };
  throw new OrdersError("invalid-usage", `cannot begin with '${text}'`, {
    hint: `--from takes ${FROM_FORMS}`,
  });
}

async function onlyOne(prefix: string, store: OrderStore): Promise<string> {
  const [order, another] = await store.findByIdPrefix(prefix, 2);
  if (order !== undefined && another === undefined) return order.id;
  const problem = order === undefined ? `no order ${prefix}` : `more than one order ${prefix}`;
  throw new OrdersError("not-found", `${problem} to begin with`);
}
