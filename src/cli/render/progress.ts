import type { Output } from "../io.js";
import { counted } from "./count.js";
import { shownDuration } from "./duration.js";
import { CLEAR_LINE } from "./style.js";

/** A line on a terminal that shows how far a long task is, how fast it is, and how long it will take. */
export class ProgressLine {
  readonly #output: Output;
  readonly #now: () => number;
  #task = "";
  #begun = 0;
  #drawn = 0;

  /** @param now in milliseconds. */
  constructor(output: Output, now: () => number) {
    this.#output = output;
    this.#now = now;
  }

  /** @param fraction how much is done, from 0 to 1. */
  show(task: string, fraction: number, orders: number): void {
    const now = this.#now();
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
    this.#output.write(CLEAR_LINE + text.slice(0, Math.max(0, this.#output.columns - 1)));
  }

  /** Removes the line. */
  end(): void {
    if (this.#drawn > 0) this.#output.write(CLEAR_LINE);
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
