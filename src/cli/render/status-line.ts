import { type Io, type Output, withChanges } from "../io.js";

/**
 * A line below everything else on stderr, which is drawn over. Where that is not possible nothing is shown: logs and
 * cron's mails need none of it, and a dumb terminal prints what other ones obey.
 */
export class StatusLine {
  /** stderr with this line on it: what is written appears above it. */
  readonly output: Output;
  readonly isPossible: boolean;
  readonly #stderr: Output;
  readonly #paint: (text: string) => string;
  #shown = "";

  constructor({ stderr, env }: Pick<Io, "stderr" | "env">, paint: (text: string) => string) {
    this.isPossible = stderr.isTerminal && env.TERM !== "dumb";
    this.output = withChanges(stderr, { write: (text: string) => this.#writeAbove(text) });
    this.#stderr = stderr;
    this.#paint = paint;
  }

  get isShown(): boolean {
    return this.#shown !== "";
  }

  show(text: string): void {
    if (!this.isPossible) return;
    this.#shown = text.slice(0, Math.max(0, this.#stderr.columns - 1));
    this.#stderr.write(CLEAR_LINE + this.#paint(this.#shown));
  }

  /** Removes the line until it is shown again. */
  clear(): void {
    if (this.isShown) this.#stderr.write(CLEAR_LINE);
    this.#shown = "";
  }

  #writeAbove(text: string): boolean {
    const shown = this.#shown;
    this.clear();
    const written = this.#stderr.write(text);
    if (shown !== "") this.show(shown);
    return written;
  }
}

/** Moves to the beginning of the line and clears it. */
const CLEAR_LINE = "\r\x1b[2K";
