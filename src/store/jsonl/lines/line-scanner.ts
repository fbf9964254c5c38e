import { OrderJson } from "../../records/order-json.js";
import { viewOf } from "./crc32-within.js";
import { decodeParts } from "./decode-parts.js";
import type { FirstLines, SearchedFile } from "./first-lines.js";
import { LineNumbers } from "./line-numbers.js";
import { type DecodedRecord, isRecord } from "./order-codec.js";
import { type Block, readBlocks } from "./read-blocks.js";
import { eachLine, type Line, lineOf, linesContaining } from "./read-lines.js";
import { isRecordLine, orderIdOf, type RecordLine, type ScannedLine } from "./scanned-line.js";
import { WrittenLines } from "./written-lines.js";

/** Tells what the lines of an open file are. */
export class LineScanner implements SearchedFile {
  readonly #fd: number;
  /** Where the file ends: a line that has no newline there is torn, or being written. */
  readonly size: number;
  readonly #first: FirstLines | undefined;
  readonly #locationOf: (start: number) => string;

  /**
   * @param name what locations call the file.
   * @param first shared by all who read on in the same file; without it, later lines of an order are given too.
   */
  constructor(fd: number, name: string, size: number, first?: FirstLines) {
    const numbers = new LineNumbers(fd);
    this.#fd = fd;
    this.size = size;
    this.#first = first;
    this.#locationOf = (start) => `${name}:${numbers.at(start)}`;
  }

  /** The lines of a block that are not blank, nor torn and cancelled. */
  scan(block: Block): ScannedLine[] {
    const scanned: ScannedLine[] = [];
    const written = new WrittenLines(block, this.#locationOf);
    this.#first?.beginBlock(block.start);
    eachLine(written.text, (from, to) => {
      const line = written.at(from, to);
      if (line === undefined) this.#decode(lineOf(block, from, to), scanned);
      else this.#place(line, scanned);
    });
    return scanned;
  }

  *records(from: number, to: number, text = ""): Generator<RecordLine, void> {
    const all = new LineScanner(this.#fd, "", this.size);
    for (const block of linesContaining(Buffer.from(text), readBlocks(this.#fd, to, from))) {
      yield* all.scan(block).filter(isRecordLine);
    }
  }

  #place(line: RecordLine, scanned: ScannedLine[]): void {
    const place = this.#first?.placeOf(line, this) ?? "first";
    if (place === "repeated") {
      const what = line.kind === "order" ? "stored" : "cancelled";
      const problem = `order ${orderIdOf(line)} is ${what} a second time`;
      scanned.push({ kind: "repeated", problem, location: () => line.location() });
    } else if (place === "moved" && line.kind === "cancellation") {
      scanned.push({ ...line, isMoved: true });
    } else if (place !== "lost") scanned.push(line);
  }

  #decode(line: Line, scanned: ScannedLine[]): void {
    const location = () => this.#locationOf(line.start);
    for (const { start, bytes, length, decoded } of decodeParts(line)) {
      const isFinished = start + length < this.size;
      if (isRecord(decoded)) {
        const { problem } = decoded;
        if (problem !== undefined) scanned.push({ kind: "damage", problem, location });
        const end = start + length + (isFinished ? 1 : 0);
        this.#place({ ...contentOf(decoded), start, end, location }, scanned);
      } else if (decoded.kind === "damage" && (isFinished || length > bytes.length)) {
        scanned.push({ kind: "damage", problem: decoded.problem, location });
      } else if (!isFinished && length > 0) {
        scanned.push({ kind: "torn", bytes: length, location });
      }
    }
  }
}

/** An order whose line was decoded may not be as we wrote it. */
function contentOf(decoded: DecodedRecord) {
  const { claim, isImported = false, hasChecksum } = decoded;
  const marks = { claim, isImported, hasChecksum };
  if (decoded.kind === "cancellation") {
    const { kind, cancellation } = decoded;
    return { kind, cancellation, isMoved: false, ...marks };
  }
  const { kind, order } = decoded;
  const timeIn = viewOf(Buffer.from(order.placedAt));
  return { kind, order: OrderJson.of(order), isInOrder: false, timeIn, timeAt: 0, ...marks };
}
