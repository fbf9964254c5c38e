import type { ClosedResult } from "../../domain/commands.js";
import type { Notification } from "../../domain/notification.js";
import { isOrderId, type Order } from "../../domain/order.js";
import { escapeUnsafe } from "../../domain/printable.js";
import { OrdersError } from "../../errors.js";
import { doneJson, openToChange, printDone } from "../acknowledged.js";
import { confirm, YES } from "../confirm.js";
import { define } from "../options/definition.js";
import { findOrder } from "../options/find-order.js";
import { flag, text } from "../options/options.js";
import { renderBanner } from "../render/banner.js";
import { areOnStdin, stdinLines } from "../stdin-lines.js";
import { longTime } from "../time/time.js";

export const verb = define({
  description:
    "Cancel orders and notify the sales desk with a banner on stdout.\nAn order stays stored: orders list --all and orders show tell when and why it was cancelled. On a terminal the beginning of an id is confirmed first if it is shorter than eight digits. Of several ids each is tried: what failed is named on stderr, and the exit code is that of the first failure.",
  argument: {
    name: "ids",
    description:
      "order ids, or their first 4 or more characters; a single '-' reads them from stdin, one per line",
    isRepeated: true,
  },
  options: {
    reason: text("text", "reason for the cancellation"),
    yes: YES,
    quiet: flag("print the order's id instead of the banner", { short: "q", excludes: ["json"] }),
    json: flag("print the cancelled order as JSON instead of the banner; of several, an array"),
  },
  examples: [
    'orders cancel 403d33e9 --reason "out of stock"',
    "orders list --quiet --item lamp | orders cancel -",
    "orders list --all",
  ],
  async run(options, context, ...args) {
    const { io } = context;
    const isPiped = areOnStdin(args, "ids");
    if (isPiped && io.stdin.isTerminal) {
      throw new OrdersError("invalid-usage", "'-' reads ids from stdin, which is a terminal", {
        hint: "give the ids as arguments, or in a pipe: orders list --quiet --item lamp | orders cancel -",
      });
    }
    const isOne = !isPiped && args.length === 1;
    const lines = isPiped ? await stdinLines(io, "ids") : args;
    let notification: Notification | undefined;
    const { orders, isEnding } = await openToChange(options, context, (told) => {
      notification = told.notification;
    });
    /** Of several, each is tried. */
    const tried = async <T>(act: () => Promise<T>): Promise<T[]> => {
      try {
        return [await act()];
      } catch (error) {
        if (!(error instanceof OrdersError)) throw error;
        if (error.code === "order-not-found") await context.mustExist(orders.store, options);
        if (isOne) throw error;
        context.reportFailure(error);
        return [];
      }
    };
    const chosen: string[] = [];
    const unsure: Order[] = [];
    for (const text of lines.map((line) => line.trim()).filter(Boolean)) {
      const id = text.toLowerCase();
      if (isOrderId(id)) chosen.push(id);
      else {
        for (const order of await tried(() => findOrder(text, orders.store))) {
          chosen.push(order.id);
          if (text.length < SURE_LENGTH && order.cancelledAt === undefined) unsure.push(order);
        }
      }
    }
    if (unsure.length > 0 && io.stdin.isTerminal) {
      const named = unsure.map(({ id, items }) => `${id} (${items.join(", ")})`);
      await confirm(`Cancel ${named.join(", ")}?`, options.yes, io);
    }
    const documents: string[] = [];
    for (const id of chosen) {
      if (isEnding()) break;
      await tried(async () => {
        const done = await orders.cancelOrder(id, options.reason);
        const { order, replayed } = done;
        if (options.json && !isOne) documents.push(doneJson(done));
        else if (options.json) printDone(io, `${doneJson(done)}\n`, order);
        else if (options.quiet) printDone(io, `${id}\n`, order);
        else if (!replayed && notification !== undefined) {
          printDone(io, renderBanner(notification, context.style(io.stdout)), order);
        }
        if (replayed && !options.json) io.stderr.write(alreadyCancelled(done));
      });
    }
    if (!options.json || isOne) return;
    printDone(io, `[${documents.join(",")}]\n`, documents.length > 0 ? "cancelled" : undefined);
  },
});

/** The least length of what is taken for an id that was copied: as much of it as a table shows. */
const SURE_LENGTH = 8;

function alreadyCancelled({
  order: { id, cancelledAt, reason },
}: ClosedResult<"cancelled">): string {
  const why = reason === undefined ? "" : `: ${escapeUnsafe(reason)}`;
  return `order ${id} was already cancelled, on ${longTime(cancelledAt)}${why}\n`;
}
