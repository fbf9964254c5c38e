import { isOrderId, MAX_ORDER_BYTES, textProblem } from "../../domain/order.js";
import { systemMessage } from "../../error-message.js";
import { OrdersError } from "../../errors.js";
import { doneJson, openToChange, printDone } from "../acknowledged.js";
import type { Context } from "../context.js";
import type { Io } from "../io.js";
import { define } from "../options/definition.js";
import { flag, InvalidValue, type OptionsOf, text } from "../options/options.js";
import { renderBanner } from "../render/banner.js";

const OPTIONS = {
  for: text("name", "whom the order is for"),
  note: text("text", "what else there is to know about it"),
  id: {
    ...text("uuid", "use this id (a UUID), so that placing the order again is safe"),
    parse: parseId,
  },
  quiet: flag("print the order's id instead of the banner", { short: "q", excludes: ["json"] }),
  json: flag("print the stored order as JSON instead of the banner"),
};

export const verb = define({
  description: "Store an order and notify the sales desk with a banner on stdout.",
  argument: {
    name: "items",
    description: "the items to order; a single '-' reads them from stdin, one per line",
    isRepeated: true,
    missing: "no items to order",
  },
  options: OPTIONS,
  examples: [
    'orders place-order "100 inch TV" "magic carpet"',
    'orders place-order --for "Ada Lovelace" --note "ring twice" "magic carpet"',
    'orders place-order -- "-5 °C fridge"',
    'id=$(orders place-order --quiet "tv")',
    "orders place-order - < items.txt",
    `id=$(uuidgen); until orders place-order --id "$id" "tv"; do
    case $? in 1 | 7 | 8) sleep 1 ;; *) break ;; esac; done`,
  ],
  run: runPlaceOrder,
});

/** Places an order and prints the banner, its id or JSON. */
async function runPlaceOrder(
  options: OptionsOf<typeof OPTIONS>,
  context: Context,
  ...items: string[]
): Promise<void> {
  const { io } = context;
  const wanted = await readArguments(items, io);
  const { id, for: name, note } = options;
  const details = {
    ...(id !== undefined && { id }),
    ...(name !== undefined && { for: name }),
    ...(note !== undefined && { note }),
  };
  const isSilent = options.json || options.quiet;
  const { orders } = await openToChange(options, context, "open", ({ notification }) => {
    if (!isSilent) io.stdout.write(renderBanner(notification, context.style(io.stdout)));
  });
  const done = await orders.placeOrder(wanted, details);
  if (isSilent) printDone(io, done.order, `${options.json ? doneJson(done) : done.order.id}\n`);
}

/** RFC 9562: written in lower case, read in either. */
function parseId(text: string): string {
  const id = text.toLowerCase();
  if (isOrderId(id)) return id;
  throw new InvalidValue("it must be a UUID; uuidgen makes one");
}

async function readArguments(items: readonly string[], io: Io): Promise<readonly string[]> {
  if (items.length === 1 && items[0] === "-") return readItems(io);
  if (items.includes("-")) {
    throw new OrdersError(
      "invalid-usage",
      "'-' reads items from stdin and cannot be combined with others",
    );
  }
  return items;
}

/** All of stdin, if it can be an order; else no more of it than is needed to know that. */
async function readBytes(stdin: Io["stdin"]): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of stdin.read()) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > MAX_ORDER_BYTES) break;
    }
  } catch (cause) {
    const message = `cannot read the items from stdin: ${systemMessage(cause)}`;
    throw new OrdersError("invalid-order", message, { cause });
  }
  if (length <= MAX_ORDER_BYTES) return Buffer.concat(chunks);
  throw new OrdersError("invalid-order", "stdin is longer than an order can be: 16 MiB", {
    hint: "nothing was stored; place several orders",
  });
}

/** The lines of stdin. Empty lines are skipped; any other that is not an item is refused. */
async function readItems({ stdin, stderr }: Io): Promise<readonly string[]> {
  if (stdin.isTerminal)
    stderr.write("reading items, one per line; finish with Ctrl-D on an empty line\n");
  const bytes = await readBytes(stdin);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new OrdersError("invalid-order", "stdin is not UTF-8", {
      cause,
      hint: "nothing was stored; convert it with iconv",
    });
  }
  const items: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === "") continue;
    const problem = textProblem(line);
    if (problem !== undefined) {
      throw new OrdersError(
        "invalid-order",
        `cannot place the order: stdin line ${index + 1} ${problem}`,
      );
    }
    items.push(line);
  }
  if (items.length === 0) throw new OrdersError("invalid-order", "no items on stdin");
  return items;
}
