import { type Io, type Output, withChanges } from "../io.js";
import { cut, width } from "./width.js";

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
    this.output = this.above(stderr);
    this.#stderr = stderr;
    this.#paint = paint;
  }

  get isShown(): boolean {
    return this.#shown !== "";
  }

  show(text: string): void {
    if (!this.isPossible) return;
    const clear = this.#clearing;
    this.#shown = cut(text, this.#stderr.columns - 1);
    this.#stderr.write(clear + this.#paint(this.#shown));
  }

  /** Removes the line until it is shown again. */
  clear(): void {
    if (this.isShown) this.#stderr.write(this.#clearing);
    this.#shown = "";
  }

  /** A terminal that has become narrower has broken the line into several, with the cursor at their end. */
  get #clearing(): string {
    const rows = Math.ceil(width(this.#shown) / this.#stderr.columns);
    return CLEAR_LINE + (UP + CLEAR_LINE).repeat(Math.max(0, rows - 1));
  }

  /** An output to the same terminal: what is written to it appears above this line. */
  protected above(output: Output): Output {
    const write = (text: string) => {
      const shown = this.#shown;
      this.clear();
      const written = output.write(text);
      if (shown !== "") this.show(shown);
      return written;
    };
    return withChanges(output, { write });
  }
}

/** Moves to the beginning of the line and clears it. */
const CLEAR_LINE = "\r\x1b[2K";
const UP = "\x1b[1A";
