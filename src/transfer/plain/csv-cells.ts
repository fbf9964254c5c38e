/** Where the cells of one line of CSV are: what is between their quotes, if they have some. */
export class CsvCells {
  readonly #separator: number;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #count = 0;

  constructor(separator: string) {
    this.#separator = separator.charCodeAt(0);
  }

  get count(): number {
    return this.#count;
  }

  startOf(cell: number): number {
    return this.#starts[cell] as number;
  }

  endOf(cell: number): number {
    return this.#ends[cell] as number;
  }

  /** How many bytes a cell has; 0: it is not there. */
  lengthOf(cell: number): number {
    return cell < this.#count ? this.endOf(cell) - this.startOf(cell) : 0;
  }

  /** Whether a cell is there and is not empty. */
  has(cell: number): boolean {
    return this.lengthOf(cell) > 0;
  }

  /** Splits the line that begins at a byte. @returns where the next one does; -1: it ends elsewhere, or is no CSV. */
  split(bytes: Uint8Array, from: number): number {
    this.#count = 0;
    for (let at = from; ; at++) {
      const quote = bytes[at] === QUOTE ? 1 : 0;
      const end = quote ? endOfQuoted(bytes, at) : this.#endOfBare(bytes, at);
      if (end < 0) return -1;
      this.#starts[this.#count] = at + quote;
      this.#ends[this.#count++] = end - quote;
      at = end;
      if (bytes[at] === this.#separator) continue;
      if (bytes[at] === CARRIAGE_RETURN) at++;
      return at === bytes.length || bytes[at] === NEWLINE ? at + 1 : -1;
    }
  }

  #endOfBare(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at++) {
      const byte = bytes[at] as number;
      if (byte === QUOTE) return -1;
      if (byte === this.#separator || byte === NEWLINE || byte === CARRIAGE_RETURN) return at;
    }
    return bytes.length;
  }
}

/** Behind the quote that closes a cell; -1: that is on another line. */
function endOfQuoted(bytes: Uint8Array, from: number): number {
  for (let at = from + 1; at < bytes.length; at++) {
    if (bytes[at] === NEWLINE) return -1;
    if (bytes[at] !== QUOTE) continue;
    if (bytes[at + 1] !== QUOTE) return at + 1;
    at++;
  }
  return -1;
}

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;
