import type { Orders } from "../../app.js";
import type { StartingPosition } from "../../store/order-feed.js";
import { confirm } from "../confirm.js";
import type { Io } from "../io.js";
import { counted } from "../render/count.js";

/**
 * What to say of a new subscription, for its name may be mistyped: how many events it starts with.
 * On a terminal, asks before a command is run or an event sent for more than a handful that nobody asked for.
 *
 * @returns `undefined` if it exists, or there is nothing worth saying.
 * @throws {OrdersError} `invalid-usage` if the answer is no.
 */
export async function checkNewSubscription(
  { as, exec, forwardTo, untilCaughtUp, yes }: NewSubscription,
  from: StartingPosition | undefined,
  { store }: Orders,
  io: Io,
): Promise<string | undefined> {
  const subscriptions = await store.subscriptions();
  if (as === undefined || (await subscriptions.exists(as))) return undefined;
  const acts = exec !== undefined || forwardTo !== undefined;
  const { waiting } = await subscriptions.waitingFrom(from ?? "start");
  const isMany = waiting > HANDFUL;
  const skip = from === undefined ? `; --from now skips ${waiting === 1 ? "it" : "them"}` : "";
  const begins = `new subscription '${as}', ${counted(waiting, "event")} waiting${skip}`;
  const canAsk = io.stdin.isTerminal && io.stderr.isTerminal;
  if (acts && from === undefined && isMany && canAsk && !yes) {
    io.stderr.write(`${begins}\n`);
    const question =
      exec === undefined ? "Send each of them?" : "Run the command for each of them?";
    await confirm(question, yes, io);
    return undefined;
  }
  // Of a few orders nothing is said to cron, which would mail it.
  const isSaid = isMany || (acts && !untilCaughtUp && waiting > 0);
  return isSaid ? begins : undefined;
}

interface NewSubscription {
  readonly as?: string | undefined;
  readonly exec?: string | undefined;
  readonly forwardTo?: URL | undefined;
  readonly untilCaughtUp?: boolean | undefined;
  readonly yes?: boolean | undefined;
}

/** How many orders need no question, and are printed without more ado. */
const HANDFUL = 10;
