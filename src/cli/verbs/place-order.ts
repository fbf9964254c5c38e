import { isOrderId, textProblem } from "../../domain/order.js";
import { traceparentOf } from "../../domain/traceparent.js";
import { OrdersError } from "../../errors.js";
import { doneJson, openToChange, printDone } from "../acknowledged.js";
import type { Io } from "../io.js";
import { define } from "../options/definition.js";
import { flag, InvalidValue, text } from "../options/options.js";
import { renderBanner } from "../render/banner.js";
import { areOnStdin, stdinLines } from "../stdin-lines.js";

export const verb = define({
  description: "Store an order and notify the sales desk with a banner on stdout.",
  argument: {
    name: "items",
    description: "the items to order; a single '-' reads them from stdin, one per line",
    isRepeated: true,
    missing: "no items to order",
  },
  options: {
    for: text("name", "whom the order is for"),
    note: text("text", "a note for the sales desk"),
    id: {
      ...text("uuid", "use this id (a UUID), so that placing the order again is safe"),
      parse: parseId,
    },
    quiet: flag("print the order's id instead of the banner", { short: "q", excludes: ["json"] }),
    json: flag("print the stored order as JSON instead of the banner"),
  },
  examples: [
    'orders place-order "100 inch TV" "magic carpet"',
    'orders place-order --for "Ada Lovelace" --note "ring twice" "magic carpet"',
    'orders place-order -- "-5 °C fridge"',
    'id=$(orders place-order --quiet "tv")',
    "orders place-order - < items.txt",
    `id=$(cat /proc/sys/kernel/random/uuid); until orders place-order --id "$id" "tv"; do
    case $? in 1 | 7 | 8) sleep 1 ;; *) break ;; esac; done`,
  ],
  async run({ id, for: name, note, ...options }, context, ...args) {
    const { io } = context;
    const items = areOnStdin(args, "items") ? await readItems(io) : args;
    const traceparent = traceparentOf(io.env.TRACEPARENT);
    const details = {
      ...(id !== undefined && { id }),
      ...(name !== undefined && { for: name }),
      ...(note !== undefined && { note }),
      ...(traceparent !== undefined && { traceparent }),
    };
    const isSilent = options.json || options.quiet;
    const { orders } = await openToChange(options, context, ({ notification }) => {
      if (!isSilent) io.stdout.write(renderBanner(notification, context.style(io.stdout)));
    });
    const done = await orders.placeOrder(items, details);
    if (isSilent) printDone(io, `${options.json ? doneJson(done) : done.order.id}\n`, done.order);
  },
});

/** RFC 9562: written in lower case, read in either. */
function parseId(text: string): string {
  const id = text.toLowerCase();
  if (isOrderId(id)) return id;
  throw new InvalidValue("it must be a UUID, such as uuidgen prints");
}

/** The lines of stdin. Empty lines are skipped; any other that is not an item is refused. */
async function readItems(io: Io): Promise<readonly string[]> {
  if (io.stdin.isTerminal)
    io.stderr.write("reading items, one per line; finish with Ctrl-D on an empty line\n");
  const lines = await stdinLines(io, "items");
  for (const [index, line] of lines.entries()) {
    const problem = line === "" ? undefined : itemProblem(line);
    if (problem === undefined) continue;
    const message = `cannot place the order: stdin line ${index + 1} ${problem}`;
    throw new OrdersError("invalid-order", message);
  }
  const items = lines.filter((line) => line !== "");
  if (items.length === 0) throw new OrdersError("invalid-order", "no items on stdin");
  return items;
}

/** An order as JSON is hardly ever meant to be an item of that name. */
function itemProblem(line: string): string | undefined {
  return isOrderJson(line) ? "is an order as JSON, which orders import - reads" : textProblem(line);
}

function isOrderJson(line: string): boolean {
  if (!/^\s*\{.*"items"/.test(line)) return false;
  try {
    return Array.isArray(JSON.parse(line).items);
  } catch {
    return false;
  }
}
