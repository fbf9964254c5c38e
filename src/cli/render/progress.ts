import type { Io } from "../io.js";
import { counted } from "./count.js";
import { shownDuration } from "./duration.js";
import { StatusLine } from "./status-line.js";

/** A status line that shows how far a long task is, how fast it is, and how long it will take. */
export class ProgressLine extends StatusLine {
  readonly #now: () => Date;
  #task = "";
  #begun = 0;
  #drawn = 0;

  constructor(io: Pick<Io, "stderr" | "env" | "now">) {
    super(io, String);
    this.#now = io.now;
  }

  /**
   * @param done how much is done, of `total`.
   * @param orders how many orders that is, if it is counted in anything else.
   */
  progress(task: string, done: number, total: number, orders = done): void {
    if (!this.isPossible) return;
    const fraction = total === 0 ? 1 : Math.min(1, done / total);
    const now = this.#now().getTime();
    if (task !== this.#task) {
      this.#task = task;
      this.#begun = now;
    }
    if (this.isShown && now - this.#drawn < REDRAW_MS && fraction < 1) return;
    this.#drawn = now;
    const filled = Math.round(fraction * BAR_COLUMNS);
    const bar = "#".repeat(filled) + "-".repeat(BAR_COLUMNS - filled);
    const percent = String(Math.floor(fraction * 100)).padStart(3);
    this.show(`${task} [${bar}] ${percent} %${pace(now - this.#begun, fraction, orders)}`);
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
