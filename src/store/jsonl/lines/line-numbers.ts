import { NEWLINE, readChunks } from "./find-bytes.js";

/** The numbers of lines. Each question costs a look at the bytes since the one before it. */
export class LineNumbers {
  readonly #fd: number;
  #start = 0;
  #number = 1;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** The number, counted from 1, of the line that begins at byte `start`. */
  at(start: number): number {
    if (start >= this.#start) this.#number += this.#newlines(this.#start, start);
    else this.#number -= this.#newlines(start, this.#start);
    this.#start = start;
    return this.#number;
  }

  #newlines(from: number, end: number): number {
    let count = 0;
    for (const chunk of readChunks(this.#fd, from, end)) {
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) count++;
    }
    return count;
  }
}
