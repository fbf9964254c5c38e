import { OrderJson } from "./order-json.js";

/** Orders as bytes, none of them cancelled: the text of each, byte for byte as {@link OrderJson.json} is, a line each. */
export class OrderLines {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** Where each begins and ends, without its newline. */
  readonly places: Uint32Array;

  constructor(bytes: Buffer, { places }: LinePlaces) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.places = places;
  }

  /** All lines of some bytes, of which the last one may lack its newline. */
  static of(bytes: Buffer): OrderLines {
    const places = new LinePlaces();
    for (let from = 0; from < bytes.length; ) {
      let to = from;
      while (to < bytes.length && bytes[to] !== NEWLINE) to++; // lines are short: to ask for a search takes longer
      places.add(from, to);
      from = to + 1;
    }
    return new OrderLines(bytes, places);
  }

  get length(): number {
    return this.places.length / 2;
  }

  /** Does something with where each begins and ends. */
  each(action: (from: number, to: number) => void): void {
    for (let index = 0; index < this.places.length; index += 2) {
      action(this.places[index] as number, this.places[index + 1] as number);
    }
  }

  /** Those for which a function of where they begin and end is true. */
  filter(isWanted: (from: number, to: number) => boolean): OrderLines {
    const wanted = new LinePlaces();
    this.each((from, to) => {
      if (isWanted(from, to)) wanted.add(from, to);
    });
    const areAll = wanted.places.length === this.places.length;
    return areAll ? this : new OrderLines(this.bytes, wanted);
  }

  /** Their bytes in pieces, each line with its newline. */
  pieces(): readonly Buffer[] {
    const pieces: Buffer[] = [];
    let runFrom = 0;
    let runTo = -1;
    const endRun = () => {
      const hasNewline = this.bytes[runTo] === NEWLINE;
      pieces.push(this.bytes.subarray(runFrom, hasNewline ? runTo + 1 : runTo));
      if (!hasNewline) pieces.push(LINE_END);
    };
    this.each((from, to) => {
      if (runTo < 0) runFrom = from;
      else if (from !== runTo + 1 || this.bytes[runTo] !== NEWLINE) {
        endRun();
        runFrom = from;
      }
      runTo = to;
    });
    if (runTo >= 0) endRun();
    return pieces;
  }

  /** One of the orders. */
  orderAt(index: number): OrderJson {
    const [from, to] = this.places.subarray(2 * index);
    return OrderJson.from(this.bytes.toString("utf8", from, to));
  }

  /** All of them. */
  orders(): readonly OrderJson[] {
    return Array.from({ length: this.length }, (_, index) => this.orderAt(index));
  }

  /** Nothing: in a message they are beside the orders. */
  toJSON(): undefined {}
}

/** Where lines begin and end, outside of the heap: collected are many, and they live for a moment. */
export class LinePlaces {
  #places = new Uint32Array(1024);
  #end = 0;

  add(from: number, to: number): void {
    if (this.#end === this.#places.length) {
      const larger = new Uint32Array(2 * this.#end);
      larger.set(this.#places);
      this.#places = larger;
    }
    this.#places[this.#end++] = from;
    this.#places[this.#end++] = to;
  }

  get places(): Uint32Array {
    return this.#places.subarray(0, this.#end);
  }
}

const NEWLINE = 0x0a;
const LINE_END = Buffer.of(NEWLINE);
