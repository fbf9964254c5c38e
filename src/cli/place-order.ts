import { Command, InvalidArgumentError } from "commander";
import { isOrderId, itemProblem, type Order } from "../domain/order.js";
import { safeJson } from "../domain/printable.js";
import { OrdersError } from "../errors.js";
import { addCommonOptions, jsonOption, quietOption } from "./common-options.js";
import type { CommonOptions, Context } from "./context.js";
import type { Io } from "./io.js";
import { renderBanner } from "./render/banner.js";

/** What `place-order` can be told. */
export interface PlaceOrderOptions extends CommonOptions {
  readonly id?: string;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Parses `place-order`. */
export function createPlaceOrderCommand(context: Context): Command {
  const command = new Command("place-order")
    .description("Store an order and notify the sales desk: the banner on stdout.")
    .usage("[options] <items...>")
    .argument("[items...]", "what is ordered; '-' alone reads the items from stdin, one a line")
    .option(
      "--id <uuid>",
      "the order's id, a UUID v4; placing it again with the same items is safe",
      parseId,
    )
    .addOption(quietOption("print the order's id instead of the banner"))
    .addOption(jsonOption("print the stored order as JSON instead of the banner"))
    .action(() => runPlaceOrder(command.args, command.optsWithGlobals(), context));
  return addCommonOptions(command, [
    'orders place-order "100 inch TV" "magic carpet"',
    'orders place-order -- "-5 °C fridge"',
    'id=$(orders place-order --quiet "tv")',
    "orders place-order - < items.txt",
    'id=$(uuidgen); until orders place-order --id "$id" "tv"; do sleep 1; done',
  ]);
}

/** Places an order and acknowledges it on stdout, in the one form that is asked for. */
export async function runPlaceOrder(
  items: readonly string[],
  options: PlaceOrderOptions,
  context: Context,
): Promise<void> {
  const { io } = context;
  const wanted = await namedItems(items, io);
  io.onStop((signal) => io.endBy(signal));
  if (options.json || options.quiet) {
    const orders = await context.open(options);
    const { order, replayed } = await orders.placeOrder(wanted, options.id);
    const json = () => safeJson({ ...order, ...(replayed && { replayed }) });
    acknowledge(order, options.json ? json() : order.id, io);
    return;
  }
  const style = context.style(io.stdout);
  const orders = await context.open(options, ({ notification }) => {
    io.stdout.write(renderBanner(notification, style));
  });
  await orders.placeOrder(wanted, options.id);
}

/** A stored order must not look like one that failed, even if nobody can be told of it. */
function acknowledge(order: Order, text: string, io: Io): void {
  try {
    io.stdout.write(`${text}\n`);
  } catch (cause) {
    throw OrdersError.notificationFailed(order, cause);
  }
}

/** RFC 9562 has ids written in lower case and read in either. */
function parseId(text: string): string {
  const id = text.toLowerCase();
  if (isOrderId(id)) return id;
  throw new InvalidArgumentError("It must be a UUID v4; uuidgen makes one.");
}

async function namedItems(items: readonly string[], io: Io): Promise<readonly string[]> {
  if (items.length === 1 && items[0] === "-") return readItems(io);
  if (items.includes("-")) {
    throw new OrdersError("invalid-usage", "'-' reads the items from stdin and stands alone");
  }
  if (items.length === 0) {
    throw new OrdersError("invalid-usage", "nothing to order: name at least one item", {
      hint: 'for example: orders place-order "100 inch TV" "magic carpet"',
    });
  }
  return items;
}

/** The lines of stdin. Empty ones are passed over; any other that is no item is refused by number. */
async function readItems({ stdin, stderr }: Io): Promise<readonly string[]> {
  if (stdin.isTerminal) stderr.write("reading items, one a line; end with Ctrl-D on a new line\n");
  const chunks: Uint8Array[] = [];
  for await (const chunk of stdin.read()) chunks.push(chunk);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new OrdersError("invalid-order", "stdin is not UTF-8", { cause });
  }
  const items: string[] = [];
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line === "") continue;
    const problem = itemProblem(line);
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
