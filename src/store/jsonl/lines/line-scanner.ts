import { OrderJson } from "../../order-json.js";
import { decodeParts } from "./decode-parts.js";
import { EarlierOrders } from "./earlier-orders.js";
import { LineNumbers } from "./line-numbers.js";
import { type DecodedRecord, isRecord } from "./order-codec.js";
import type { Block } from "./read-blocks.js";
import { eachLine, type Line, lineOf } from "./read-lines.js";
import type { ScannedLine } from "./scanned-line.js";
import { WrittenLines } from "./written-lines.js";

/** Tells what the lines of an open file are. */
export class LineScanner {
  readonly #fd: number;
  readonly #end: number;
  readonly #earlier: EarlierOrders;
  readonly #locationOf: (start: number) => string;

  /**
   * @param name what locations call the file.
   * @param end where it ends: a line that has no newline there is torn, or being written.
   * @param earlier shared by all who read on in the same file.
   */
  constructor(fd: number, name: string, end: number, earlier = new EarlierOrders()) {
    const numbers = new LineNumbers(fd);
    this.#fd = fd;
    this.#end = end;
    this.#earlier = earlier;
    this.#locationOf = (start) => `${name}:${numbers.at(start)}`;
  }

  /** The lines of a block that are not blank, nor torn and cancelled. */
  scan(block: Block): ScannedLine[] {
    const scanned: ScannedLine[] = [];
    const written = new WrittenLines(block, this.#locationOf);
    eachLine(written.text, (from, to) => {
      const line = written.at(from, to);
      if (line === undefined) this.#decode(lineOf(block, from, to), scanned);
      else if (!this.#earlier.holds(this.#fd, line)) scanned.push(line);
    });
    return scanned;
  }

  #decode(line: Line, scanned: ScannedLine[]): void {
    const location = () => this.#locationOf(line.start);
    for (const { start, bytes, length, decoded } of decodeParts(line)) {
      const isFinished = start + length < this.#end;
      if (isRecord(decoded)) {
        const { problem } = decoded;
        if (problem !== undefined) scanned.push({ kind: "damage", problem, location });
        const end = start + length + (isFinished ? 1 : 0);
        const found = { ...contentOf(decoded), start, end, location };
        if (!this.#earlier.holds(this.#fd, found)) scanned.push(found);
      } else if (decoded.kind === "damage" && (isFinished || length > bytes.length)) {
        scanned.push({ kind: "damage", problem: decoded.problem, location });
      } else if (!isFinished && length > 0) {
        scanned.push({ kind: "torn", bytes: length });
      }
    }
  }
}

/** An order whose line was decoded may not be as we wrote it. */
function contentOf(decoded: DecodedRecord) {
  const { claim, isImported = false } =
    decoded.kind === "order" ? decoded.order : decoded.cancellation;
  const marks = { claim, isImported };
  if (decoded.kind === "cancellation") {
    const { kind, cancellation } = decoded;
    return { kind, cancellation, ...marks };
  }
  const { kind, order } = decoded;
  return { kind, order: OrderJson.of(order), ...marks, isInOrder: false };
}
