/**
 * A set of order ids, 16 bytes each in a table that is at most half full: a Set of strings needs five times as much
 * memory. A few numbers of 32 bits can be kept with each id.
 */
export class IdSet {
  /** The id that is looked for, and its numbers, as they are in the table. */
  readonly #row: Uint32Array;
  #table: Uint32Array;
  #size = 0;

  /** @param values how many numbers are kept with each id. */
  constructor(values = 0) {
    this.#row = new Uint32Array(ID_WORDS + values);
    this.#table = new Uint32Array(this.#row.length * LEAST_PLACES);
  }

  get size(): number {
    return this.#size;
  }

  /** Adds an id with its numbers. @returns whether it was not there. */
  add(id: string, ...values: readonly number[]): boolean {
    const at = this.#find(id);
    if (isTaken(this.#table, at)) return false;
    this.#row.set(values, ID_WORDS);
    this.#table.set(this.#row, at);
    if (++this.#size * this.#row.length * 2 > this.#table.length) this.#grow();
    return true;
  }

  has(id: string): boolean {
    return isTaken(this.#table, this.#find(id));
  }

  /** The numbers of an id, which can be changed there until the next id is added; `undefined`: it is not there. */
  get(id: string): Uint32Array | undefined {
    const at = this.#find(id);
    if (!isTaken(this.#table, at)) return undefined;
    return this.#table.subarray(at + ID_WORDS, at + this.#row.length);
  }

  #find(id: string): number {
    const row = this.#row;
    for (let index = 0, digits = 0; index < id.length; index++) {
      const code = id.charCodeAt(index);
      if (code === DASH) continue;
      const word = digits++ >> 3; // of eight digits, which push out those that were there
      row[word] = ((row[word] as number) << 4) | (code <= NINE ? code & 0xf : code - 0x57);
    }
    return placeOf(this.#row, this.#table);
  }

  #grow(): void {
    const { length } = this.#row;
    const larger = new Uint32Array(this.#table.length * 2);
    for (let at = 0; at < this.#table.length; at += length) {
      const row = this.#table.subarray(at, at + length);
      if (isTaken(row, 0)) larger.set(row, placeOf(row, larger));
    }
    this.#table = larger;
  }
}

const ID_WORDS = 4;
const DASH = "-".charCodeAt(0);
const NINE = "9".charCodeAt(0);
/** A power of 2, as is each number of places. */
const LEAST_PLACES = 64;

/** The second word holds the version of the UUID, which is never 0. */
function isTaken(table: Uint32Array, at: number): boolean {
  return table[at + 1] !== 0;
}

/** Where the id of a row is in a table, or is to be put. */
function placeOf(row: Uint32Array, table: Uint32Array): number {
  const a = row[0] as number; // taking a typed array apart by a pattern is slow
  const b = row[1] as number;
  const c = row[2] as number;
  const d = row[3] as number;
  const { length } = row;
  const last = table.length / length - 1;
  for (let place = Math.imul(a ^ b ^ c ^ d, 0x9e3779b1) >>> 0; ; place++) {
    const at = (place & last) * length;
    const isSame =
      table[at] === a && table[at + 1] === b && table[at + 2] === c && table[at + 3] === d;
    if (isSame || !isTaken(table, at)) return at;
  }
}
