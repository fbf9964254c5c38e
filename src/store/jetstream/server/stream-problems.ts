import type { StreamConfig, StreamInfo } from "@nats-io/jetstream";
import type { Difference } from "../../order-store.js";
import type { WantedStream } from "./streams.js";
import { subjectMatcher } from "./subjects.js";

/** A setting of a stream that is not as the store guarantees it. */
export interface StreamProblem extends Difference {
  /** What becomes of orders that were acknowledged. */
  readonly loss: Loss;
}

/** When a stream discards what it has acknowledged. */
type Loss = "never" | "in time" | "at once";

/** What is wrong with the configuration of a stream. */
export function problemsOf(info: StreamInfo, wanted: WantedStream): StreamProblem[] {
  return (Object.keys(wanted) as (keyof WantedStream)[])
    .map((setting) => ({
      setting,
      // A server leaves some settings out that are off.
      is: info.config[setting] ?? false,
      wanted: wanted[setting] ?? false,
      loss: LOSSES[setting]?.(info, wanted) ?? "never",
    }))
    .filter(({ is, wanted }) => JSON.stringify(is) !== JSON.stringify(wanted));
}

/** A difference in words, as `max_age is 3600s, not 0s`. */
export function phrase({ setting, is, wanted }: Difference): string {
  return `${setting} is ${shown(setting, is)}, not ${shown(setting, wanted)}`;
}

/** The settings by which a stream discards orders, or stores them where nobody finds them. */
const LOSSES: {
  readonly [Key in keyof StreamConfig]?: (info: StreamInfo, wanted: WantedStream) => Loss;
} = {
  retention: () => "at once",
  storage: () => "in time",
  max_age: () => "in time",
  discard({ config: { max_msgs, max_bytes, first_seq }, state }) {
    if (max_msgs < 0 && max_bytes < 0) return "never";
    return state.first_seq > (first_seq || 1) ? "at once" : "in time";
  },
  subject_transform({ config: { subject_transform } }, { subjects = [] }) {
    const isTransformed = subjectMatcher([subject_transform?.src || ">"]);
    return subjects.some(isTransformed) ? "at once" : "never";
  },
};

function shown(setting: string, value: unknown): string {
  if (setting === "max_age") return `${Number(value) / 1e9}s`;
  if (Array.isArray(value)) return value.join(" ");
  const { name, src, dest } = value as { name?: string; src?: string; dest?: string };
  return name ?? (dest === undefined ? String(value) : `${src} to ${dest}`);
}
