import { fstatSync } from "node:fs";
import { decodeLine, type StoredOrder } from "../order-codec.js";
import { type Line, LineNumbers, readLinesWith } from "./read-lines.js";

/** A line that is an order, between two bytes of the file. */
export interface OrderLine {
  readonly kind: "order";
  readonly order: StoredOrder;
  readonly start: number;
  /** Where the next line begins. */
  readonly end: number;
  /** It has its newline. */
  readonly finished: boolean;
  location(): string;
}

/** Something that reading the file came across. `place` names it, as `orders.jsonl:17`. */
export type ScannedLine =
  | OrderLine
  | { readonly kind: "damage"; readonly problem: string; location(): string }
  /** An unfinished last line: a write under way, or one torn by a crash. Never acknowledged. */
  | { readonly kind: "torn"; readonly bytes: number };

/** Reads lines of an open file up to byte `end`, in some order. */
export type ReadLines = (fd: number, end: number) => Iterable<Line>;

/** What to look at in a file. */
export interface Reading {
  /** What scannedLines call the file. */
  readonly name: string;
  readonly lines: ReadLines;
  /** Lines that are not wanted are passed over without a look. */
  readonly wanted?: ((line: Buffer) => boolean) | undefined;
}

/** Everything that the lines of an open file turn out to be. */
export function* scannedLines(
  fd: number,
  { name, lines, wanted = () => true }: Reading,
): Generator<ScannedLine, void> {
  const end = fstatSync(fd).size;
  const numbers = new LineNumbers(fd);
  for (const { start, bytes } of lines(fd, end)) {
    if (!wanted(bytes)) continue;
    const decoded = decodeLine(bytes);
    const location = () => `${name}:${numbers.at(start)}`;
    const finished = start + bytes.length < end;
    if (finished && "problem" in decoded) {
      yield { kind: "damage", problem: decoded.problem, location };
    }
    if (decoded.kind === "order" && (finished || !decoded.sealed)) {
      const { order } = decoded;
      const stop = start + bytes.length + 1;
      if (!isHeldBefore(fd, order, start)) {
        yield { kind: "order", order, start, end: stop, finished, location };
      }
    } else if (!finished) {
      yield { kind: "torn", bytes: bytes.length };
    }
  }
}

/**
 * Whether an earlier line holds the id that this one claims. Only the bytes between those that its
 * writer had checked and the line itself can tell: mostly there are none.
 */
function isHeldBefore(fd: number, { id, claim }: StoredOrder, start: number): boolean {
  if (claim === undefined) return false;
  const from = claim.checkedTo <= start ? claim.checkedTo : 0; // the file is not what it was
  for (const { bytes } of readLinesWith(Buffer.from(id), fd, start, from)) {
    const decoded = decodeLine(bytes);
    if (decoded.kind === "order" && decoded.order.id === id) return true;
  }
  return false;
}
