import { fstatSync } from "node:fs";
import { type DecodedLine, decodeLine, type StoredOrder } from "../order-codec.js";
import { LineNumbers } from "./line-numbers.js";
import { type Line, readLinesContaining } from "./read-lines.js";

/** What the lines of an open file turn out to be. */
export function* scanLines(
  fd: number,
  { name, lines, isWanted = () => true, newestFirst = false }: ScanOptions,
): Generator<ScannedLine, void> {
  const end = fstatSync(fd).size;
  const numbers = new LineNumbers(fd);
  for (const line of lines(fd, end)) {
    if (!isWanted(line.bytes)) continue;
    const location = () => `${name}:${numbers.at(line.start)}`;
    const parts = decodeParts(line);
    for (const { start, bytes, length, decoded } of newestFirst ? parts.reverse() : parts) {
      const finished = start + length < end;
      if (decoded.kind === "order") {
        const { order, problem } = decoded;
        if (problem !== undefined) yield { kind: "damage", problem, location };
        const behind = start + length + (finished ? 1 : 0);
        if (!isHeldBefore(fd, order, start)) {
          yield { kind: "order", order, start, end: behind, location };
        }
      } else if (decoded.kind === "damage") {
        if (finished || length > bytes.length) {
          yield { kind: "damage", problem: decoded.problem, location };
        } else yield { kind: "torn", bytes: length };
      } else if (!finished && length > 0) {
        yield { kind: "torn", bytes: length };
      }
    }
  }
}

/** What to scan, and how. */
export interface ScanOptions {
  /** What locations call the file. */
  readonly name: string;
  readonly lines: ReadLines;
  /** Lines that are not wanted are skipped. */
  readonly isWanted?: ((line: Buffer) => boolean) | undefined;
  /** Whether {@link lines} are read in that order. */
  readonly newestFirst?: boolean | undefined;
}

/** Reads lines of an open file up to byte `end`, in some order. */
export type ReadLines = (fd: number, end: number) => Iterable<Line>;

/** A line, decoded. Its location names it, as `orders.jsonl:17`. */
export type ScannedLine = OrderLine | DamagedLine | TornLine;

/** An order, between two bytes of the file. */
export interface OrderLine {
  readonly kind: "order";
  readonly order: StoredOrder;
  readonly start: number;
  /** Where the next line begins. */
  readonly end: number;
  location(): string;
}

export interface DamagedLine {
  readonly kind: "damage";
  readonly problem: string;
  location(): string;
}

/** A last line that is no whole order: a write under way, or one torn by a crash. Never acknowledged. */
interface TornLine {
  readonly kind: "torn";
  readonly bytes: number;
}

const CARRIAGE_RETURN = 0x0d;

/**
 * A line, decoded; as several where an editor has written carriage returns instead of newlines. No order
 * holds one, for JSON escapes it.
 */
function decodeParts(line: Line): (Line & { readonly decoded: DecodedLine })[] {
  const decoded = decodeLine(line.bytes, line.length);
  const { start, bytes, length } = line;
  const inside = bytes.indexOf(CARRIAGE_RETURN);
  const isWhole = decoded.kind === "order" && decoded.problem === undefined;
  if (isWhole || length > bytes.length || inside < 0 || inside === length - 1) {
    return [{ ...line, decoded }];
  }
  const parts: (Line & { readonly decoded: DecodedLine })[] = [];
  for (let from = 0; from < length; ) {
    const found = bytes.indexOf(CARRIAGE_RETURN, from);
    const to = found < 0 ? length : found;
    const part = bytes.subarray(from, to);
    const own = { start: start + from, bytes: part, length: part.length };
    parts.push({ ...own, decoded: decodeLine(part) });
    from = to + 1;
  }
  return parts;
}

/**
 * Whether an earlier line holds the id that this one claims. Only the bytes between those that its
 * writer had searched and the line itself can tell: mostly there are none.
 */
function isHeldBefore(fd: number, { id, claim }: StoredOrder, start: number): boolean {
  if (claim === undefined) return false;
  const from = claim.checkedTo <= start ? claim.checkedTo : 0; // the file is not what it was
  for (const { bytes } of readLinesContaining(Buffer.from(id), fd, start, from)) {
    const decoded = decodeLine(bytes);
    if (decoded.kind === "order" && decoded.order.id === id) return true;
  }
  return false;
}
