/**
 * A set of order ids, 16 bytes each, and about eight to find it: a Set of strings needs five times as much memory. A
 * few numbers of 32 bits can be kept with each id. What is asked for by its bytes is in UTF-8, as in a file.
 */
export class IdSet {
  /** The id that is looked for. */
  readonly #id = new Uint32Array(ID_WORDS);
  /** The words of an id and its numbers. */
  readonly #rowWords: number;
  /** The rows in the order of adding, so many in each. */
  readonly #chunks: Uint32Array[] = [];
  /** The numbers of rows, from 1 on, at places that their ids tell; it is at most three quarters full. */
  #index = new Uint32Array(LEAST_PLACES);
  #size = 0;

  /** @param values how many numbers are kept with each id. */
  constructor(values = 0) {
    this.#rowWords = ID_WORDS + values;
  }

  get size(): number {
    return this.#size;
  }

  /** Adds an id with its numbers. @returns whether it was not there. */
  add(id: string, ...values: readonly number[]): boolean {
    this.#look(id);
    return this.#add(values);
  }

  /** The same of an id in a file. */
  addAt(bytes: DataView, at: number, ...values: readonly number[]): boolean {
    this.#lookAt(bytes, at);
    return this.#add(values);
  }

  has(id: string): boolean {
    return this.rowOf(id) >= 0;
  }

  /** Which one of those that were added an id is, from 0 on; -1: it is not there. */
  rowOf(id: string): number {
    this.#look(id);
    return (this.#index[this.#place()] as number) - 1;
  }

  /** The same of an id in a file. */
  rowAt(bytes: DataView, at: number): number {
    this.#lookAt(bytes, at);
    return (this.#index[this.#place()] as number) - 1;
  }

  /** A number that is kept with an id of {@link IdSet.rowOf}. */
  valueOf(row: number, value: number): number {
    return this.#chunkOf(row)[this.#startOf(row) + ID_WORDS + value] as number;
  }

  setValue(row: number, value: number, to: number): void {
    this.#chunkOf(row)[this.#startOf(row) + ID_WORDS + value] = to;
  }

  #look(id: string): void {
    for (let index = 0, digits = 0; index < id.length; index++) {
      const code = id.charCodeAt(index);
      if (code !== DASH) this.#push(code, digits++);
    }
  }

  #lookAt(bytes: DataView, at: number): void {
    for (let index = at, digits = 0; digits < ID_DIGITS; index++) {
      const code = bytes.getUint8(index);
      if (code !== DASH) this.#push(code, digits++);
    }
  }

  /** Puts a digit behind those of its word, of which it pushes out one that was there before. */
  #push(code: number, digits: number): void {
    const word = digits >> 3;
    const value = code <= NINE ? code & 0xf : code - 0x57;
    this.#id[word] = ((this.#id[word] as number) << 4) | value;
  }

  #add(values: readonly number[]): boolean {
    const place = this.#place();
    if (this.#index[place] !== 0) return false;
    const row = this.#size++;
    if (row % CHUNK_ROWS === 0) this.#chunks.push(new Uint32Array(CHUNK_ROWS * this.#rowWords));
    const chunk = this.#chunkOf(row);
    const at = this.#startOf(row);
    for (let word = 0; word < ID_WORDS; word++) chunk[at + word] = this.#id[word] as number;
    for (let value = 0; value < values.length; value++) {
      chunk[at + ID_WORDS + value] = values[value] as number;
    }
    this.#index[place] = this.#size;
    if (this.#size * 4 > this.#index.length * 3) this.#grow();
    return true;
  }

  #chunkOf(row: number): Uint32Array {
    return this.#chunks[Math.floor(row / CHUNK_ROWS)] as Uint32Array;
  }

  #startOf(row: number): number {
    return (row % CHUNK_ROWS) * this.#rowWords;
  }

  /** Where the number of the id's row is in the index, or is to be put. */
  #place(): number {
    const id = this.#id;
    const last = this.#index.length - 1;
    for (let place = hashOf(id, 0) & last; ; place = (place + 1) & last) {
      const row = (this.#index[place] as number) - 1;
      if (row < 0) return place;
      const chunk = this.#chunkOf(row);
      const at = this.#startOf(row);
      const isSame =
        chunk[at] === id[0] &&
        chunk[at + 1] === id[1] &&
        chunk[at + 2] === id[2] &&
        chunk[at + 3] === id[3];
      if (isSame) return place;
    }
  }

  #grow(): void {
    this.#index = new Uint32Array(this.#index.length * 2);
    const last = this.#index.length - 1;
    for (let row = 0; row < this.#size; row++) {
      let place = hashOf(this.#chunkOf(row), this.#startOf(row)) & last;
      while (this.#index[place] !== 0) place = (place + 1) & last;
      this.#index[place] = row + 1;
    }
  }
}

const ID_WORDS = 4;
const ID_DIGITS = 32;
const DASH = "-".charCodeAt(0);
const NINE = "9".charCodeAt(0);
const CHUNK_ROWS = 4096;
/** A power of 2, as is each number of places. */
const LEAST_PLACES = 64;

function hashOf(words: Uint32Array, at: number): number {
  const mixed =
    (words[at] as number) ^
    (words[at + 1] as number) ^
    (words[at + 2] as number) ^
    (words[at + 3] as number);
  const hash = Math.imul(mixed, 0x9e3779b1);
  return hash ^ (hash >>> 15);
}
