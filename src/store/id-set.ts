/**
 * A set of order ids that holds each in 16 bytes, of a table that is half empty: a Set of strings needs
 * five times as much memory, and holds no more than 16 million.
 */
export class IdSet {
  #size = 0;
  #table = new Uint32Array(WORDS * 1024);

  /** Adds an id. @returns whether it was not there. */
  add(id: string): boolean {
    const words = wordsOf(id);
    const at = find(this.#table, words);
    if (this.#table[at] !== 0) return false;
    this.#table.set(words, at);
    if (++this.#size * WORDS * 2 > this.#table.length) this.#grow();
    return true;
  }

  has(id: string): boolean {
    return this.#table[find(this.#table, wordsOf(id))] !== 0;
  }

  #grow(): void {
    const larger = new Uint32Array(this.#table.length * 2);
    for (let at = 0; at < this.#table.length; at += WORDS) {
      const words = this.#table.subarray(at, at + WORDS);
      if (words[0] !== 0) larger.set(words, find(larger, words));
    }
    this.#table = larger;
  }
}

const WORDS = 4;

/**
 * The 128 bits of a UUID. Its version and variant are never 0, and stand first here: a word that is 0
 * tells a place in the table that is empty.
 */
function wordsOf(id: string): Uint32Array {
  return Uint32Array.of(
    half(id, 14) * 2 ** 16 + half(id, 19),
    Number.parseInt(id.slice(0, 8), 16),
    half(id, 9) * 2 ** 16 + half(id, 24),
    Number.parseInt(id.slice(28), 16),
  );
}

function half(id: string, at: number): number {
  return Number.parseInt(id.slice(at, at + 4), 16);
}

/** Where an id is in a table, or where it would be put. */
function find(table: Uint32Array, words: Uint32Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = words;
  const places = table.length / WORDS;
  let place = (Math.imul(a ^ b ^ c ^ d, 0x9e3779b1) >>> 0) % places;
  for (;;) {
    const at = place * WORDS;
    if (table[at] === 0) return at;
    if (table[at] === a && table[at + 1] === b && table[at + 2] === c && table[at + 3] === d) {
      return at;
    }
    place = (place + 1) % places;
  }
}
