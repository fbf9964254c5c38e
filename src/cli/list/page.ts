/** Rows that are written together, as bytes. */
export class Page {
  #bytes = Buffer.allocUnsafe(2 * PAGE_BYTES);
  #view = viewOf(this.#bytes);
  #length = 0;

  /** Whether to write it. */
  get isFull(): boolean {
    return this.#length >= PAGE_BYTES;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  add(text: string): void {
    this.#makeRoom(3 * text.length); // no character of UTF-16 takes more in UTF-8
    this.#length += this.#bytes.write(text, this.#length);
  }

  /** Adds a byte, which is a character of ASCII. */
  addByte(byte: number): void {
    this.#makeRoom(1);
    this.#bytes[this.#length++] = byte;
  }

  /** Adds what is between two bytes. Mostly these are few: four at a time is faster than a call. */
  addBytes(bytes: DataView, from: number, to: number): void {
    this.#makeRoom(to - from);
    const own = this.#view;
    let end = this.#length;
    let at = from;
    for (; at + 4 <= to; at += 4, end += 4) own.setInt32(end, bytes.getInt32(at));
    for (; at < to; at++) own.setUint8(end++, bytes.getUint8(at));
    this.#length = end;
  }

  /** Its rows, until more are added, and begins another one. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#length = 0;
    return taken;
  }

  #makeRoom(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(2 * (this.#length + size));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
    this.#view = viewOf(larger);
  }
}

/**
 * Rows are written together, in one system call, once they are this long: half of what a pipe holds on Linux,
 * so that its reader reads the one half while the other is written.
 */
const PAGE_BYTES = 32 * 1024;

function viewOf(bytes: Buffer): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
