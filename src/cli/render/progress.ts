import { type Io, type Output, withChanges } from "../io.js";
import { counted } from "./count.js";
import { shownDuration } from "./duration.js";
import { CLEAR_LINE, canRedraw } from "./style.js";

/**
 * A line on stderr that shows how far a long task is, how fast it is, and how long it will take. Where no
 * line can be drawn over nothing is shown: logs and cron's mails need none of it.
 */
export class ProgressLine {
  /** stderr with this line on it: what is written appears instead of the line, which returns below it. */
  readonly output: Output;
  readonly #stderr: Output;
  readonly #now: () => Date;
  readonly #isEnabled: boolean;
  #task = "";
  #begun = 0;
  #drawn = 0;

  constructor({ stderr, env, now }: Pick<Io, "stderr" | "env" | "now">) {
    this.#stderr = stderr;
    this.#now = now;
    this.#isEnabled = canRedraw(stderr, env);
    this.output = withChanges(stderr, {
      write: (text) => {
        this.clear();
        return stderr.write(text);
      },
    });
  }

  /**
   * @param done how much is done, of `total`.
   * @param orders how many orders that is, if it is counted in anything else.
   */
  show(task: string, done: number, total: number, orders = done): void {
    if (!this.#isEnabled) return;
    const fraction = total === 0 ? 1 : Math.min(1, done / total);
    const now = this.#now().getTime();
    if (task !== this.#task) {
      this.#task = task;
      this.#begun = now;
    }
    if (now - this.#drawn < REDRAW_MS && fraction < 1) return;
    this.#drawn = now;
    const filled = Math.round(fraction * BAR_COLUMNS);
    const bar = "#".repeat(filled) + "-".repeat(BAR_COLUMNS - filled);
    const percent = String(Math.floor(fraction * 100)).padStart(3);
    const text = `${task} [${bar}] ${percent} %${pace(now - this.#begun, fraction, orders)}`;
    this.#stderr.write(CLEAR_LINE + text.slice(0, Math.max(0, this.#stderr.columns - 1)));
  }

  /** Removes the line until it is shown again. */
  clear(): void {
    if (this.#drawn > 0) this.#stderr.write(CLEAR_LINE);
    this.#drawn = 0;
  }
}

/** How fast it is, and how long it will take; nothing before that can be told. */
function pace(elapsedMs: number, fraction: number, orders: number): string {
  if (elapsedMs < STEADY_MS || fraction === 0) return "";
  const rate = counted(Math.round((orders * 1000) / elapsedMs), "order");
  const left = Math.ceil((elapsedMs * (1 - fraction)) / fraction / 1000);
  return `, ${rate} a second, ${shownDuration(left * 1000)} left`;
}

/** A pace is told after so long. */
const STEADY_MS = 500;
const REDRAW_MS = 100;
const BAR_COLUMNS = 20;
