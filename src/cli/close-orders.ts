import type { Orders } from "../app.js";
import { CLOSINGS, type ClosedAs, closedAs, closedAt } from "../domain/closing.js";
import type { ClosedResult } from "../domain/commands.js";
import type { Notification } from "../domain/notification.js";
import { isOrderId, type Order } from "../domain/order.js";
import { escapeUnsafe } from "../domain/printable.js";
import { doneJson, openToChange, printDone } from "./acknowledged.js";
import { confirm, YES } from "./confirm.js";
import type { Context } from "./context.js";
import { givenIds, IDS } from "./given-ids.js";
import type { Definition } from "./options/definition.js";
import { findOrder } from "./options/find-order.js";
import { flag, type OptionsOf, text } from "./options/options.js";
import { renderBanner } from "./render/banner.js";
import { longTime } from "./time/time.js";

/** A verb that closes orders in one way. */
export interface ClosingVerb {
  readonly as: ClosedAs;
  readonly description: string;
  /** The option that says more, and what that is. */
  readonly remark: readonly [name: string, description: string];
  /** How ids come in a pipe. */
  readonly pipe: string;
  readonly examples: readonly string[];
  close(orders: Orders, id: string, remark: string | undefined): Promise<ClosedResult>;
}

/** The definition of a verb that closes orders. */
export function closingVerb(verb: ClosingVerb): Definition {
  const { description, remark, pipe, examples } = verb;
  const [name, what] = remark;
  return {
    description: `${description} On a terminal the beginning of an id is confirmed first if it is shorter than eight digits. Of several ids each is tried: what failed is named on stderr, and the exit code is that of the first failure.`,
    argument: IDS,
    options: { [name]: text("text", what), ...OPTIONS },
    examples: [...examples, pipe, "orders list --all"],
    run: (options, context, ...args) => {
      const text = (options as Readonly<Record<string, unknown>>)[name] as string | undefined;
      return closeOrders(verb, text, options as OptionsOf<typeof OPTIONS>, context, args);
    },
  };
}

const OPTIONS = {
  yes: YES,
  quiet: flag("print the order's id instead of the banner", { short: "q", excludes: ["json"] }),
  json: flag("print the closed order as JSON instead of the banner; of several, an array"),
};

async function closeOrders(
  { as, pipe, close }: ClosingVerb,
  remark: string | undefined,
  options: OptionsOf<typeof OPTIONS>,
  context: Context,
  args: readonly string[],
): Promise<void> {
  const { io } = context;
  const { ids, isOne, tried } = await givenIds(args, context, pipe);
  let notification: Notification | undefined;
  const { orders, isEnding } = await openToChange(options, context, (told) => {
    notification = told.notification;
  });
  const mustExist = () => context.mustExist(orders.store, options);
  const chosen: string[] = [];
  const unsure: Order[] = [];
  for (const text of ids) {
    const id = text.toLowerCase();
    if (isOrderId(id)) chosen.push(id);
    else {
      for (const order of await tried(() => findOrder(text, orders.store), mustExist)) {
        chosen.push(order.id);
        if (text.length < SURE_LENGTH && closedAt(order) === undefined) unsure.push(order);
      }
    }
  }
  if (unsure.length > 0 && io.stdin.isTerminal) {
    const named = unsure.map(({ id, items }) => `${id} (${items.join(", ")})`);
    await confirm(`${questionOf(as)} ${named.join(", ")}?`, options.yes, io);
  }
  const documents: string[] = [];
  for (const id of chosen) {
    if (isEnding()) break;
    await tried(async () => {
      const done = await close(orders, id, remark);
      const { order, replayed } = done;
      if (options.json && !isOne) documents.push(doneJson(done));
      else if (options.json) printDone(io, `${doneJson(done)}\n`, order);
      else if (options.quiet) printDone(io, `${id}\n`, order);
      else if (!replayed && notification !== undefined) {
        printDone(io, renderBanner(notification, context.style(io.stdout)), order);
      }
      if (replayed && !options.json) io.stderr.write(alreadyClosed(done));
    }, mustExist);
  }
  if (!options.json || isOne) return;
  printDone(io, `[${documents.join(",")}]\n`, documents.length > 0 ? as : undefined);
}

/** The least length of what is taken for an id that was copied: as much of it as a table shows. */
const SURE_LENGTH = 8;

function questionOf(as: ClosedAs): string {
  const { verb } = CLOSINGS[as];
  return verb.slice(0, 1).toUpperCase() + verb.slice(1);
}

function alreadyClosed({ order }: ClosedResult): string {
  const as = closedAs(order) as ClosedAs;
  const remark = order[CLOSINGS[as].remark];
  const why = remark === undefined ? "" : `: ${escapeUnsafe(remark)}`;
  return `order ${order.id} was already ${as}, on ${longTime(closedAt(order) as string)}${why}\n`;
}
