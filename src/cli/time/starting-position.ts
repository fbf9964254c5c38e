import { OrdersError } from "../../errors.js";
import type { StartingPosition } from "../../store/order-feed.js";
import type { OrderStore } from "../../store/order-store.js";
import type { Io } from "../io.js";
import { findOrder, idPrefix } from "../options/find-order.js";
import { parseTime } from "./parse-time.js";

/** The words among what `--from` takes. */
export const POSITION_WORDS = ["start", "now"] as const;

/** What `--from` takes, in the help of the verbs that have it. */
export const FROM_FORMS = "start, now, a time (as for list --since) or an order id";

/**
 * A few digits could be the beginning of a date as well as of an id; the eight that `list` shows of an
 * id are enough to be one.
 */
const AMBIGUOUS = /^\d{4,7}$/;

/**
 * The starting position that `--from` names. What can be read as a time is one, also where an id could
 * begin like that: `365d`.
 *
 * @throws {OrdersError} `invalid-usage` if it is none of {@link FROM_FORMS}; `order-not-found` if no order
 *   or more than one has such an id.
 */
export async function parseStartingPosition(
  text: string,
  store: OrderStore,
  io: Io,
): Promise<StartingPosition> {
  const word = text.trim().toLowerCase();
  if (word === "start" || word === "now") return word;
  const time = parseTime(word, io.now());
  if (time !== undefined) return { since: time.first.toISOString() };
  if (idPrefix(word) !== undefined && !AMBIGUOUS.test(word)) {
    return { id: (await findOrder(word, store)).id };
  }
  throw new OrdersError("invalid-usage", `cannot start from '${text}'`, {
    hint: `--from takes ${FROM_FORMS}; write a date as 2026-01-31`,
  });
}
