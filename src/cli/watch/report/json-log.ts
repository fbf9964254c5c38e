import { safeJson } from "../../../domain/printable.js";
import type { Io } from "../../io.js";
import type { Listener } from "./happenings.js";

/** Tells of everything that happens, a line of JSON each on stderr. The shape only ever grows; docs/json.md has it. */
export function jsonLog({ stderr, now }: Pick<Io, "stderr" | "now">): Listener {
  return (happening) => {
    const { event, ...details } = happening;
    const at = { time: now().toISOString(), event };
    if (!("delivery" in details)) return void stderr.write(`${safeJson({ ...at, ...details })}\n`);
    const { delivery, ...others } = details;
    const { order, attempt } = delivery;
    const about = { topic: delivery.event, id: order.id, attempt };
    stderr.write(`${safeJson({ ...at, ...about, ...others })}\n`);
  };
}
