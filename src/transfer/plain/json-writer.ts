/** Writes JSON of the cells of CSV into a buffer. In a cell there are only quotes that are doubled. */
export class JsonWriter {
  #buffer = Buffer.alloc(0);
  /** Behind what is written. What is to be written again begins before it. */
  end = 0;

  /** All of the buffer, as far as it may be needed. */
  get buffer(): Buffer {
    return this.#buffer;
  }

  /** Begins anew, with room for a number of bytes. */
  begin(bytes: number): void {
    if (this.#buffer.length < bytes) this.#buffer = Buffer.allocUnsafe(bytes);
    this.end = 0;
  }

  put(json: Uint8Array): void {
    for (let index = 0; index < json.length; index++) {
      this.#buffer[this.end++] = json[index] as number;
    }
  }

  /** Puts what a cell holds as it is. */
  putCell(bytes: Uint8Array, from: number, to: number): void {
    for (let at = from; at < to; at++) {
      const byte = bytes[at] as number;
      this.#buffer[this.end++] = byte;
      if (byte === QUOTE) at++;
    }
  }

  /** Puts the text of a cell as a JSON string. @returns whether that is its text: an export may have put another. */
  putText(bytes: Uint8Array, from: number, to: number): boolean {
    if (bytes[from] === QUOTE) return false; // it may be a JSON string itself
    this.#buffer[this.end++] = QUOTE;
    for (let at = from, before = SEMICOLON; at < to; at++) {
      const byte = bytes[at] as number;
      if (byte === APOSTROPHE && before === SEMICOLON) return false; // it may guard a formula
      if (byte === QUOTE || byte === BACKSLASH) this.#buffer[this.end++] = BACKSLASH;
      this.#buffer[this.end++] = byte;
      if (byte === QUOTE) at++;
      before = byte;
    }
    this.#buffer[this.end++] = QUOTE;
    return true;
  }
}

const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const SEMICOLON = 0x3b;
const BACKSLASH = 0x5c;
