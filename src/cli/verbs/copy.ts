import { CLOSED_AS } from "../../domain/closing.js";
import { safeJson } from "../../domain/printable.js";
import { OrdersError } from "../../errors.js";
import { copyOrders } from "../../transfer/copy-orders.js";
import { printDone } from "../acknowledged.js";
import { define } from "../options/definition.js";
import { flag, required, text } from "../options/options.js";
import { counted } from "../render/count.js";
import { summary, transfer } from "../transfer.js";

export const verb = define({
  description:
    "Copy all orders from one store to another, then compare both.\nRun it again to resume an interrupted copy. Subscriptions are not copied.",
  options: {
    to: required(text("location", "the store to copy to: a directory or nats://host")),
    from: text("location", "the store to copy from (default: --store)"),
    json: flag("print the result as JSON"),
  },
  examples: [
    "orders copy --from ./orders --to nats://shop.example:4222",
    "orders copy --from nats://shop.example:4222 --to /backup/orders",
  ],
  async run({ to, from, json, ...options }, context) {
    const fromOptions = from === undefined ? options : { ...options, store: from };
    const { result, ...locations } = await transfer(context, async (inner, progress) => {
      const source = (await inner.openExisting(fromOptions)).store;
      const target = (await inner.open({ ...options, store: to })).store;
      if (source.location === target.location) {
        throw new OrdersError("invalid-usage", `cannot copy ${source.location} to itself`);
      }
      const result = await copyOrders(source, target, (...task) => progress.progress(...task));
      return { from: source.location, to: target.location, result };
    });
    const { stored: copied, present, later, orders: _, ...closed } = result;
    if (later > 0) {
      context.io.stderr.write(`${counted(later, "later order")} not copied; copy again\n`);
    }
    const text = json
      ? safeJson({ ...locations, copied, present, ...closed, ...(later > 0 && { later }) })
      : summary(result, ["", "copied"], ["all verified"]);
    printDone(
      context.io,
      `${text}\n`,
      copied > 0 || CLOSED_AS.some((as) => closed[as] > 0) ? "stored" : undefined,
    );
  },
});
