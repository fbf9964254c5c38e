/**
 * A set of order ids that holds each in 16 bytes, of a table that is half empty: a Set of strings needs
 * five times as much memory, and holds no more than 16 million.
 */
export class IdSet {
  /** The words of an id, and then those that belong to it. */
  readonly #row: Uint32Array;
  #table: Uint32Array;
  #size = 0;

  /**
   * @param values how many words of 32 bits are kept with each id.
   * @param expected how many ids there will be, about: growing to hold them takes as long as adding them.
   */
  constructor(values = 0, expected = 0) {
    this.#row = new Uint32Array(ID_WORDS + values);
    const places = 2 ** Math.ceil(Math.log2(2 * expected + 1));
    this.#table = new Uint32Array(this.#row.length * Math.max(places, LEAST_PLACES));
  }

  /** Adds an id and its values. @returns whether it was not there. */
  add(id: string, ...values: readonly number[]): boolean {
    const at = this.#find(id);
    if (!isEmpty(this.#table, at)) return false;
    this.#row.set(values, ID_WORDS);
    this.#table.set(this.#row, at);
    if (++this.#size * this.#row.length * 2 > this.#table.length) this.#grow();
    return true;
  }

  has(id: string): boolean {
    return !isEmpty(this.#table, this.#find(id));
  }

  /** One of the values of an id; `undefined`: it is not there. */
  value(id: string, index: number): number | undefined {
    const at = this.#find(id);
    return isEmpty(this.#table, at) ? undefined : this.#table[at + ID_WORDS + index];
  }

  #find(id: string): number {
    readWords(id, this.#row);
    return find(this.#table, this.#row);
  }

  #grow(): void {
    const { length } = this.#row;
    const larger = new Uint32Array(this.#table.length * 2);
    for (let at = 0; at < this.#table.length; at += length) {
      const row = this.#table.subarray(at, at + length);
      if (!isEmpty(row, 0)) larger.set(row, find(larger, row));
    }
    this.#table = larger;
  }
}

const ID_WORDS = 4;
const LEAST_PLACES = 1024;
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

/** Where the id of a row is in a table, or where it would be put. */
function find(table: Uint32Array, row: Uint32Array): number {
  const a = row[0] as number;
  const b = row[1] as number;
  const c = row[2] as number;
  const d = row[3] as number;
  const mask = table.length / row.length - 1; // their number is a power of 2
  let place = Math.imul(a ^ b ^ c ^ d, 0x9e3779b1) >>> 0;
  for (;;) {
    place &= mask;
    const at = place * row.length;
    if (isEmpty(table, at)) return at;
    if (table[at] === a && table[at + 1] === b && table[at + 2] === c && table[at + 3] === d) {
      return at;
    }
    place++;
  }
}
