import { ClosingJson } from "../../records/closing-json.js";
import { timeOf } from "../../records/order-bytes.js";
import { OrderJson } from "../../records/order-json.js";
import { orderIdOf } from "../../records/record.js";
import { BLOCK_BYTES, NEWLINE, readChunk } from "./find-bytes.js";
import type { FirstLines, SearchedFile } from "./first-lines.js";
import { type DecodedLine, type DecodedRecord, decodeLine, isRecord } from "./order-codec.js";
import { type Block, linesContaining, MAX_LINE_BYTES, readBlocks } from "./read-blocks.js";
import { isRecordLine, type RecordLine, type ScannedLine } from "./scanned-line.js";
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

  /** The lines of a block that are not blank, nor torn and ended, and contain a text if one is given. */
  scan(block: Block, wanted = ""): ScannedLine[] {
    const scanned: ScannedLine[] = [];
    if (!block.bytes.includes(wanted)) return scanned;
    const written = new WrittenLines(block, this.#locationOf);
    const { text } = written; // to ask for a search of a buffer takes longer than to search a string
    this.#first?.beginBlock(block.start);
    for (let from = 0; from < text.length; ) {
      if (wanted !== "") {
        const hit = text.indexOf(wanted, from);
        if (hit < 0) break;
        from = text.lastIndexOf("\n", hit) + 1;
      }
      const newline = text.indexOf("\n", from);
      const to = newline < 0 ? text.length : newline;
      const line = written.at(from, to);
      if (line === undefined) this.#decode(block, from, to, scanned);
      else this.#place(line, scanned);
      from = to + 1;
    }
    return scanned;
  }

  *records(from: number, to: number, text = ""): Generator<RecordLine, void> {
    const all = new LineScanner(this.#fd, "", this.size);
    for (const block of linesContaining(Buffer.from(text), readBlocks(this.#fd, to, from))) {
      yield* all.scan(block).filter(isRecordLine);
    }
  }

  haveAll(text: string, from: number, to: number): boolean {
    const needle = Buffer.from(text);
    for (const { bytes } of readBlocks(this.#fd, to, from)) {
      for (let at = 0; at < bytes.length; ) {
        const newline = bytes.indexOf(NEWLINE, at);
        const hit = bytes.indexOf(needle, at);
        if (hit < 0 || hit > newline) return false;
        at = newline + 1;
      }
    }
    return true;
  }

  #place(line: RecordLine, scanned: ScannedLine[]): void {
    const place = this.#first?.placeOf(line, this) ?? "first";
    if (place === "repeated") {
      const what = line.kind === "order" ? "a duplicate" : "closed twice";
      const problem = `order ${orderIdOf(line)} is ${what}`;
      scanned.push({ kind: "repeated", problem, location: () => line.location() });
    } else if (place !== "lost") {
      if (line.kind === "closing") line.isMoved = place === "moved";
      scanned.push(line);
    }
  }

  /** Takes a close look at a line: as several where an editor has written carriage returns instead of newlines. */
  #decode(block: Block, from: number, to: number, scanned: ScannedLine[]): void {
    const start = block.start + from;
    const bytes = block.bytes.subarray(from, to);
    const length = block.cutFrom ?? bytes.length;
    const decoded = decodeLine(bytes, length);
    const isWhole = isRecord(decoded) && decoded.problem === undefined;
    const inside = bytes.indexOf(CARRIAGE_RETURN); // no record holds one, for JSON escapes it
    const location = () => this.#locationOf(start);
    if (isWhole || length > bytes.length || inside < 0 || inside === length - 1) {
      this.#add({ decoded, start, end: start + length, location }, scanned);
      return;
    }
    for (let at = 0; at < length; ) {
      const found = bytes.indexOf(CARRIAGE_RETURN, at);
      const end = found < 0 ? length : found;
      const part = { decoded: decodeLine(bytes.subarray(at, end)), start: start + at };
      this.#add({ ...part, end: start + end, location }, scanned);
      at = end + 1;
    }
  }

  #add({ decoded, start, end, location }: DecodedPart, scanned: ScannedLine[]): void {
    const isFinished = end < this.size;
    if (isRecord(decoded)) {
      const { problem } = decoded;
      if (problem !== undefined) scanned.push({ kind: "damage", problem, location });
      const span = { start, end: isFinished ? end + 1 : end, location };
      this.#place({ ...contentOf(decoded), ...span }, scanned);
    } else if (decoded.kind === "damage" && (isFinished || end - start > MAX_LINE_BYTES)) {
      scanned.push({ kind: "damage", problem: decoded.problem, location });
    } else if (!isFinished && end > start) {
      scanned.push({ kind: "torn", bytes: end - start, location });
    }
  }
}

/** A line, or a part of one, between two bytes of the file. */
interface DecodedPart {
  readonly decoded: DecodedLine;
  readonly start: number;
  readonly end: number;
  location(): string;
}

const CARRIAGE_RETURN = 0x0d;

/** An order whose line was decoded may not be as we wrote it. */
function contentOf(decoded: DecodedRecord) {
  const { claim, isImported = false, hasChecksum } = decoded;
  const marks = { claim, isImported, hasChecksum };
  if (decoded.kind === "closing") {
    const closing = ClosingJson.of(decoded.closing);
    return {
      kind: decoded.kind,
      closing,
      as: closing.as,
      isMoved: false,
      id: closing.id,
      ...marks,
    };
  }
  const { kind, order, newestBefore } = decoded;
  const isInOrder = hasChecksum && newestBefore === undefined;
  const time = timeOf(order.placedAt);
  return { kind, id: order.id, order: OrderJson.of(order), isInOrder, time, ...marks };
}

/** The numbers of lines. Each question costs a look at the bytes since the one before it. */
export class LineNumbers {
  readonly #fd: number;
  #start = 0;
  #number = 1;

  constructor(fd: number) {
    this.#fd = fd;
  }

  /** The number, counted from 1, of the line that begins at byte `start`. */
  at(start: number): number {
    const [from, to] = start >= this.#start ? [this.#start, start] : [start, this.#start];
    const newlines = this.#newlines(from, to);
    this.#number += start >= this.#start ? newlines : -newlines;
    this.#start = start;
    return this.#number;
  }

  #newlines(from: number, end: number): number {
    let count = 0;
    for (let position = from; position < end; position += BLOCK_BYTES) {
      const chunk = readChunk(this.#fd, position, Math.min(BLOCK_BYTES, end - position));
      for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) count++;
    }
    return count;
  }
}
