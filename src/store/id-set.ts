/**
 * A set of order ids that holds each in 16 bytes, of a table that is half empty: a Set of strings needs
 * five times as much memory, and holds no more than 16 million.
 */
export class IdSet {
  #size = 0;
  #table = new Uint32Array(WORDS * 1024);
  readonly #words = new Uint32Array(WORDS);

  /** Adds an id. @returns whether it was not there. */
  add(id: string): boolean {
    const at = this.#find(id);
    if (!isEmpty(this.#table, at)) return false;
    this.#table.set(this.#words, at);
    if (++this.#size * WORDS * 2 > this.#table.length) this.#grow();
    return true;
  }

  has(id: string): boolean {
    return !isEmpty(this.#table, this.#find(id));
  }

  #find(id: string): number {
    readWords(id, this.#words);
    return find(this.#table, this.#words);
  }

  #grow(): void {
    const larger = new Uint32Array(this.#table.length * 2);
    for (let at = 0; at < this.#table.length; at += WORDS) {
      const words = this.#table.subarray(at, at + WORDS);
      if (!isEmpty(words, 0)) larger.set(words, find(larger, words));
    }
    this.#table = larger;
  }
}

const WORDS = 4;
const DASH = "-".charCodeAt(0);

/** Reads the 128 bits of a UUID into four words. */
function readWords(id: string, words: Uint32Array): void {
  let word = 0;
  let digits = 0;
  for (let index = 0; index < id.length; index++) {
    const code = id.charCodeAt(index);
    if (code === DASH) continue;
    word = (word << 4) | (code <= 0x39 ? code - 0x30 : code - 0x57);
    if (++digits % 8 === 0) words[digits / 8 - 1] = word;
  }
}

/** The second word holds the version of the UUID, which is never 0. */
function isEmpty(table: Uint32Array, at: number): boolean {
  return table[at + 1] === 0;
}

/** Where an id is in a table, or where it would be put. */
function find(table: Uint32Array, words: Uint32Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = words;
  const mask = table.length / WORDS - 1; // their number is a power of 2
  let place = Math.imul(a ^ b ^ c ^ d, 0x9e3779b1) >>> 0;
  for (;;) {
    place &= mask;
    const at = place * WORDS;
    if (isEmpty(table, at)) return at;
    if (table[at] === a && table[at + 1] === b && table[at + 2] === c && table[at + 3] === d) {
      return at;
    }
    place++;
  }
}
