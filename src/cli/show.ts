import { Command } from "commander";
import type { Order } from "../domain/order.js";
import { escapeUnsafe, safeJson } from "../domain/printable.js";
import { OrdersError } from "../errors.js";
import { addCommonOptions, jsonOption } from "./common-options.js";
import type { CommonOptions, Context } from "./context.js";
import { longTime } from "./render/time.js";

/** What `show` can be told. */
export interface ShowOptions extends CommonOptions {
  readonly json?: boolean;
}

/** As many orders are named when a prefix means more than one. */
const CANDIDATES = 10;
const ID_PREFIX = /^[0-9a-f-]{4,36}$/;

/** Parses `show`. */
export function createShowCommand(deps: Context): Command {
  const command = new Command("show")
    .description("Print one order.")
    .argument("<id>", "its id, or the first four or more characters if no other order has them")
    .addOption(jsonOption("print the order as JSON"))
    .action((id: string) => runShow(id, command.optsWithGlobals(), deps));
  return addCommonOptions(command, ["orders show 403d33e9", "orders show 403d --json"]);
}

/** Prints the one order that `id`, or a prefix of an id, means. */
export async function runShow(id: string, options: ShowOptions, deps: Context): Promise<void> {
  const { stdout } = deps.io;
  const prefix = id.toLowerCase();
  if (!ID_PREFIX.test(prefix)) {
    throw new OrdersError("invalid-usage", `'${id}' is no order id`, {
      hint: "give an id as list prints it, or its first four or more characters",
    });
  }
  const { store } = await deps.open(options);
  const candidates = await store.findByIdPrefix(prefix, CANDIDATES + 1);
  const [order] = candidates;
  if (order === undefined) {
    throw new OrdersError("not-found", `no order ${prefix}`, {
      hint: `looked in ${escapeUnsafe(store.location)}`,
    });
  }
  if (candidates.length > 1) throw ambiguous(prefix, candidates);
  if (options.json) stdout.write(`${safeJson(order)}\n`);
  else if (stdout.isTerminal) stdout.write(card(order));
  else stdout.write(fields(order));
}

/** For a person: labels, the local time, each item on a line. */
function card({ id, placedAt, items }: Order): string {
  const rows = [
    ["ID", id],
    ["Placed", longTime(placedAt)],
    ...items.map((item, index) => [index === 0 ? "Items" : "", escapeUnsafe(item)]),
  ];
  return rows.map(([label = "", value]) => `${label.padEnd(8)}${value}\n`).join("");
}

/** For a script: name and value, separated by a tab; one `item` line for each item. */
function fields({ id, placedAt, items }: Order): string {
  const rows = [["id", id], ["placedAt", placedAt], ...items.map((item) => ["item", item])];
  return rows.map(([name, value = ""]) => `${name}\t${escapeUnsafe(value)}\n`).join("");
}

function ambiguous(prefix: string, candidates: readonly Order[]): OrdersError {
  const named = candidates.slice(0, CANDIDATES).map(({ id, items }) => {
    return `${id}  ${escapeUnsafe(items.join(", "))}`;
  });
  if (candidates.length > CANDIDATES) named.push("…");
  return new OrdersError("not-found", `'${prefix}' is the beginning of more than one id`, {
    hint: named.join("\n"),
  });
}
