import type { CancelResult } from "../../domain/commands.js";
import type { Notification } from "../../domain/notification.js";
import { escapeUnsafe } from "../../domain/printable.js";
import { systemMessage } from "../../error-message.js";
import { OrdersError } from "../../errors.js";
import { doneJson, openToChange, printAllDone, printDone } from "../acknowledged.js";
import { confirm, YES } from "../confirm.js";
import type { Context } from "../context.js";
import type { Io } from "../io.js";
import { define } from "../options/definition.js";
import { findOrder } from "../options/find-order.js";
import { flag, type OptionsOf, text } from "../options/options.js";
import { renderBanner } from "../render/banner.js";
import { longTime } from "../time/time.js";

const OPTIONS = {
  reason: text("text", "why"),
  yes: YES,
  quiet: flag("print the order's id instead of the banner", { short: "q", excludes: ["json"] }),
  json: flag("print the cancelled order as JSON instead of the banner; of several, an array"),
};

export const verb = define({
  description:
    "Cancel orders and notify the sales desk with a banner on stdout.\nAn order stays stored: orders list --all and orders show tell when and why it was cancelled. On a terminal the beginning of an id is confirmed first if it is shorter than eight digits. Of several ids each is tried: what failed is named on stderr, and the exit code is that of the first failure.",
  argument: {
    name: "ids",
    description:
      "order ids, or their first 4 or more characters; a single '-' reads them from stdin, one per line",
    isRepeated: true,
  },
  options: OPTIONS,
  examples: [
    'orders cancel 403d33e9 --reason "out of stock"',
    "orders list --quiet --item lamp | orders cancel -",
    "orders list --all",
  ],
  run: runCancel,
});

/** Cancels the order that each of the ids, or the beginning of an id, matches. */
async function runCancel(
  options: OptionsOf<typeof OPTIONS>,
  context: Context,
  ...texts: string[]
): Promise<void> {
  const { io } = context;
  const isOne = texts.length === 1 && texts[0] !== "-";
  const ids = isOne ? texts : await readArguments(texts, io);
  let notification: Notification | undefined;
  const { orders, isEnding } = await openToChange(options, context, "openExisting", (told) => {
    notification = told.notification;
  });
  /** Of several, each is tried. */
  const tried = async <T>(act: () => Promise<T>): Promise<T[]> => {
    try {
      return [await act()];
    } catch (error) {
      if (isOne || !(error instanceof OrdersError)) throw error;
      context.reportFailure(error);
      return [];
    }
  };
  const chosen: { readonly id: string; readonly unsure: string | undefined }[] = [];
  for (const text of ids) {
    const found = await tried(() => findOrder(text, orders.store));
    for (const { id, items, cancelledAt } of found) {
      const isSure = text.length >= SURE_LENGTH || cancelledAt !== undefined;
      chosen.push({ id, unsure: isSure ? undefined : `${id} (${items.join(", ")})` });
    }
  }
  const unsure = chosen.flatMap((each) => each.unsure ?? []);
  if (unsure.length > 0 && io.stdin.isTerminal) {
    await confirm(`Cancel ${unsure.join(", ")}?`, options.yes, io);
  }
  const documents: string[] = [];
  for (const { id } of chosen) {
    if (isEnding()) break;
    await tried(async () => {
      const done = await orders.cancelOrder(id, options.reason);
      const { order, replayed } = done;
      if (options.json) {
        if (isOne) printDone(io, order, `${doneJson(done)}\n`);
        else documents.push(doneJson(done));
        return;
      }
      if (options.quiet) printDone(io, order, `${id}\n`);
      else if (!replayed && notification !== undefined) {
        printDone(io, order, renderBanner(notification, context.style(io.stdout)));
      }
      if (replayed) io.stderr.write(alreadyCancelled(done));
    });
  }
  if (!options.json || isOne) return;
  printAllDone(io, `[${documents.join(",")}]\n`, documents.length > 0 ? "cancelled" : undefined);
}

/** The least length of what is taken for an id that was copied: as much of it as a table shows. */
const SURE_LENGTH = 8;

function alreadyCancelled({ order: { id, cancelledAt, reason } }: CancelResult): string {
  const why = reason === undefined ? "" : `: ${escapeUnsafe(reason)}`;
  return `order ${id} was already cancelled, on ${longTime(cancelledAt)}${why}\n`;
}

async function readArguments(texts: readonly string[], io: Io): Promise<readonly string[]> {
  if (!texts.includes("-")) return texts;
  if (texts.length > 1) {
    throw new OrdersError(
      "invalid-usage",
      "'-' reads ids from stdin and cannot be combined with others",
    );
  }
  if (io.stdin.isTerminal) {
    throw new OrdersError("invalid-usage", "'-' reads ids from stdin, which is a terminal", {
      hint: "give the ids as arguments, or in a pipe: orders list --quiet --item lamp | orders cancel -",
    });
  }
  return readIds(io);
}

/** The lines of stdin, without blank ones. */
async function readIds({ stdin }: Io): Promise<readonly string[]> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of stdin.read()) chunks.push(chunk);
  } catch (cause) {
    const message = `cannot read the ids from stdin: ${systemMessage(cause)}`;
    throw new OrdersError("invalid-usage", message, { cause });
  }
  const lines = new TextDecoder().decode(Buffer.concat(chunks)).split("\n");
  return lines.map((line) => line.trim()).filter((line) => line !== "");
}
