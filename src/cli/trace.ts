import type { OrdersBus } from "../app.js";
import type { Order } from "../domain/order.js";
import type { Output } from "./io.js";
import type { Style } from "./render/style.js";

/**
 * Prints every message of a bus when its handling begins and ends, as a tree: a message is indented
 * below the one that caused it.
 */
export function traceMessages(bus: OrdersBus, output: Output, style: Style): void {
  const underWay = new Map<string, { label: string; depth: number }>();
  const line = (depth: number, corner: string, text: string) =>
    output.write(`${style.faint("│ ".repeat(depth) + corner)} ${text}\n`);

  bus.subscribe("*", ({ topic, id, causationId, payload }, handled) => {
    const cause = causationId === null ? undefined : underWay.get(causationId);
    const depth = cause === undefined ? 0 : cause.depth + 1;
    const shortId = `#${id.slice(id.lastIndexOf("-") + 1)}`;
    underWay.set(id, { label: `${topic} ${shortId}`, depth });
    const because = cause === undefined ? "" : style.faint(`  caused by ${cause.label}`);
    const { traceparent } = "order" in payload ? payload.order : (payload as Partial<Order>);
    const trace = depth > 0 || !traceparent ? "" : style.faint(`  traceparent ${traceparent}`);
    line(depth, "┌", `${style.heading(topic)} ${style.id(shortId)}${because}${trace}`);

    const start = performance.now();
    const end = (mark: string) => {
      underWay.delete(id);
      const duration = `${(performance.now() - start).toFixed(1)} ms`;
      line(depth, "└", `${topic} ${mark} ${style.faint(duration)}`);
    };
    handled.then(
      () => end("handled"),
      () => end(style.bad("failed")),
    );
  });
}
