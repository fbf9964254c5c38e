/**
 * Where one text is found in a longer one. It is asked for pieces of that, one after another, forward or
 * backward, and searches on from where it knows: searching each piece would take longer.
 */
export class Occurrences {
  readonly #text: string;
  readonly #wanted: string;
  /** Where the last search found one; -1: nowhere. */
  #found = -1;
  /** Between these two none begins. */
  #noneFrom = 0;
  #noneTo = 0;

  constructor(text: string, wanted: string) {
    this.#text = text;
    this.#wanted = wanted;
  }

  /** Whether one begins at `from`, or between there and `to`. */
  beginsWithin(from: number, to: number): boolean {
    if (this.#found >= from && this.#found < to) return true;
    if (this.#noneFrom <= from && to <= this.#noneTo) return false;
    if (from >= this.#noneFrom) {
      this.#found = this.#text.indexOf(this.#wanted, from);
      this.#noneFrom = from;
      this.#noneTo = this.#found < 0 ? this.#text.length : this.#found;
      return this.#found >= 0 && this.#found < to;
    }
    this.#found = this.#text.lastIndexOf(this.#wanted, to - 1);
    this.#noneFrom = this.#found + 1;
    this.#noneTo = to;
    return this.#found >= from;
  }
}
