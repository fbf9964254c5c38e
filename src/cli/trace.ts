import type { OrdersBus } from "../app.js";
import type { Output } from "./io.js";
import type { Style } from "./render/style.js";

/**
 * Writes every message that a bus carries as its handling begins and ends: a tree, in which a
 * message stands within the one that caused it.
 *
 * @returns a function that tells how many messages were heard so far.
 */
export function traceMessages(bus: OrdersBus, output: Output, style: Style): () => number {
  const underWay = new Map<string, { label: string; depth: number }>();
  let heard = 0;
  const line = (depth: number, corner: string, text: string) =>
    output.write(`${style.faint("│ ".repeat(depth) + corner)} ${text}\n`);

  bus.subscribe("*", ({ topic, id, causationId }, handled) => {
    heard++;
    const cause = causationId === null ? undefined : underWay.get(causationId);
    const depth = cause === undefined ? 0 : cause.depth + 1;
    const shortId = `#${id.slice(id.lastIndexOf("-") + 1)}`;
    underWay.set(id, { label: `${topic} ${shortId}`, depth });
    const because = cause === undefined ? "" : style.faint(`  caused by ${cause.label}`);
    line(depth, "┌", `${style.heading(topic)} ${style.id(shortId)}${because}`);

    const start = performance.now();
    const end = (mark: string) => {
      underWay.delete(id);
      const duration = `${(performance.now() - start).toFixed(1)} ms`;
      line(depth, "└", `${topic} ${mark} ${style.faint(duration)}`);
    };
    handled.then(
      () => end(style.good("handled")),
      () => end(style.bad("failed")),
    );
  });
  return () => heard;
}
