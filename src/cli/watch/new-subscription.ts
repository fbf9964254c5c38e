import type { Orders } from "../../app.js";
import type { StartingPosition } from "../../store/order-feed.js";
import { confirm } from "../confirm.js";
import type { Io } from "../io.js";
import { counted } from "../render/count.js";

/**
 * What to say of a new subscription, for its name may be mistyped: with how many stored orders it begins.
 * On a terminal, asks before a command is run for more than a handful that nobody asked for.
 *
 * @returns `undefined` if it exists, or there is nothing worth saying.
 * @throws {OrdersError} `invalid-usage` if the answer is no.
 */
export async function checkNewSubscription(
  { as, exec, untilCaughtUp, yes }: NewSubscription,
  from: StartingPosition | undefined,
  { store }: Orders,
  io: Io,
): Promise<string | undefined> {
  if (as === undefined || (await (await store.subscriptions()).exists(as))) return undefined;
  const count = await countFrom(from ?? "start", store);
  const isMany = count > HANDFUL;
  const begins = `'${as}' is a new subscription and begins with ${counted(count, "stored order")}`;
  const canAsk = io.stdin.isTerminal && io.stderr.isTerminal;
  if (exec !== undefined && from === undefined && isMany && canAsk && !yes) {
    io.stderr.write(`${begins}; with --from now, with the next one that is placed\n`);
    await confirm("Run the command for each of them?", yes, io);
    return undefined;
  }
  const isSaid = isMany || (exec !== undefined && !untilCaughtUp && count > 0);
  return isSaid ? begins : undefined;
}

/** What `watch` is asked for. */
export interface NewSubscription {
  readonly as?: string;
  readonly exec?: string;
  /** Of a few orders nothing is said then: cron would mail it. */
  readonly untilCaughtUp?: boolean;
  readonly yes?: boolean;
}

/** How many orders need no question, and are printed without more ado. */
const HANDFUL = 10;

async function countFrom(from: StartingPosition, store: Orders["store"]): Promise<number> {
  if (from === "now") return 0;
  if (from === "start") return store.count({ includeCancelled: true });
  if ("since" in from) return store.count({ since: from.since, includeCancelled: true });
  let count = 0;
  for await (const orders of store.listJson({ includeCancelled: true })) {
    for (const { id } of orders) if (count > 0 || id === from.id) count++;
  }
  return count;
}
