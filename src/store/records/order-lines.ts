import { OrderJson } from "./order-json.js";

/** Orders as bytes, none of them cancelled: the text of each, byte for byte as {@link OrderJson.json} is, a line each. */
export class OrderLines {
  readonly bytes: Buffer;
  readonly view: DataView;
  /** Where each begins and ends, without its newline. */
  readonly places: readonly number[];

  constructor(bytes: Buffer, places: readonly number[]) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.places = places;
  }

  /** All lines of some bytes, of which the last one may lack its newline. */
  static of(bytes: Buffer): OrderLines {
    const places: number[] = [];
    for (let from = 0; from < bytes.length; ) {
      let to = from;
      while (to < bytes.length && bytes[to] !== NEWLINE) to++; // lines are short: to ask for a search takes longer
      places.push(from, to);
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
    const places: number[] = [];
    this.each((from, to) => {
      if (isWanted(from, to)) places.push(from, to);
    });
    return places.length === this.places.length ? this : new OrderLines(this.bytes, places);
  }

  /** Their bytes alone, each with a newline. */
  join(): Buffer {
    const joined = Buffer.allocUnsafe(this.bytes.length + this.length);
    let end = 0;
    let [runFrom = 0, runTo = 0] = this.places;
    const putRun = () => {
      end += this.bytes.copy(joined, end, runFrom, runTo);
      joined[end++] = NEWLINE;
    };
    this.each((from, to) => {
      const goesOn = from === runFrom || (from === runTo + 1 && this.bytes[runTo] === NEWLINE);
      if (!goesOn) {
        putRun();
        runFrom = from;
      }
      runTo = to;
    });
    if (this.length > 0) putRun();
    return joined.subarray(0, end);
  }

  /** One of the orders. */
  orderAt(index: number): OrderJson {
    const [from, to] = this.places.slice(2 * index, 2 * index + 2);
    return OrderJson.from(this.bytes.toString("utf8", from, to));
  }

  /** All of them. */
  orders(): readonly OrderJson[] {
    return Array.from({ length: this.length }, (_, index) => this.orderAt(index));
  }

  /** Nothing: in a message they are beside the orders. */
  toJSON(): undefined {}
}

const NEWLINE = 0x0a;
