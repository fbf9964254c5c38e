import { escapeUnsafe, escapeUnsafeLines } from "../../../domain/printable.js";
import type { Io } from "../../io.js";
import { counted } from "../../render/count.js";
import { shownDuration } from "../../render/duration.js";
import type { FailedAttempt, Listener } from "./happenings.js";

/** How watching was asked for. */
export interface Watching {
  readonly as?: string | undefined;
  readonly from?: string | undefined;
  readonly untilCaughtUp?: boolean | undefined;
  readonly bell?: boolean | undefined;
  /** Whether a command is run or a request sent; else banners are printed. */
  readonly acts: boolean;
}

/**
 * Tells of what a person should know, a line each on stderr.
 *
 * @param hasScreen whether a screen has a line for each attempt.
 */
export function textLog(
  options: Watching,
  { stderr }: Pick<Io, "stderr">,
  hasScreen: boolean,
): Listener {
  const { as } = options;
  const say = (text: string) => void stderr.write(`${escapeUnsafe(text)}\n`);
  return (happening) => {
    switch (happening.event) {
      case "started": {
        const { store, resumed } = happening;
        const note = resumed && options.from !== undefined ? "; resuming, --from ignored" : "";
        // cron mails all output: a run that ends by itself prints only what matters.
        if (options.untilCaughtUp && note === "" && !stderr.isTerminal) return;
        return say(`watching ${store}${as === undefined ? "" : ` as ${as}`}${note}`);
      }
      case "output":
        stderr.write(stderr.isTerminal ? `${escapeUnsafeLines(happening.text)}\n` : happening.text);
        return;
      case "acknowledged":
        if (options.bell && stderr.isTerminal) stderr.write("\x07");
        return;
      case "failed":
      case "parked": {
        if (hasScreen && options.acts) return;
        const { id } = happening.delivery.order;
        const shown = stderr.isTerminal ? id.slice(0, SHORT_ID_DIGITS) : id;
        const isParked = happening.event === "parked" && as !== undefined;
        const where = isParked ? `; see orders parked --as ${as}` : "";
        return say(`order ${shown}: ${failure(happening, as)}${where}`);
      }
      case "connection-lost":
        return say(`connection lost: ${happening.store}; waiting for the server`);
      case "connection-regained":
        return say(`connection regained: ${happening.store}`);
      case "notice":
        return say(happening.message);
      case "stopping":
        if (happening.running > 0) say(waitingFor(happening.running));
    }
  };
}

/** As many as `show` and `parked retry` take: a line on a terminal should not wrap. */
export const SHORT_ID_DIGITS = 8;

/** Why an attempt failed, and what comes of it. */
export function failure(happening: FailedAttempt, as: string | undefined): string {
  const reason = happening.reason.replace(FORWARDED, "$1");
  if (happening.event === "parked") {
    const done = as === undefined ? "gave up" : "parked";
    return `${reason}; ${done} after ${counted(happening.attempts, "attempt")}`;
  }
  const { retryInMs } = happening;
  if (retryInMs === undefined) return `${reason}; it will be delivered again`;
  return `${reason}; next attempt in ${shownDuration(retryInMs)}`;
}

/** The last line that a command wrote to stderr is kept with the reason, but was told when it was written. */
const FORWARDED = /^(exit \d+|killed by \w+): .*$/s;

/** After the first signal; the second one stops the commands. */
function waitingFor(commands: number): string {
  const which = commands === 1 ? "the running command" : `${commands} running commands`;
  return `waiting for ${which} to finish; a second signal stops ${commands === 1 ? "it" : "them"}`;
}
