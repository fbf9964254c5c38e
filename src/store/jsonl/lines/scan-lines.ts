import { fstatSync } from "node:fs";
import type { StoredOrder } from "../order-codec.js";
import { decodeParts } from "./decode-parts.js";
import { EarlierOrders } from "./earlier-orders.js";
import { LineNumbers } from "./line-numbers.js";
import type { Line } from "./read-lines.js";

/** What the lines of an open file turn out to be. */
export function* scanLines(fd: number, options: ScanOptions): Generator<ScannedLine, void> {
  const { name, lines, isWanted = () => true, newestFirst = false } = options;
  const { earlier = new EarlierOrders() } = options;
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
        if (!earlier.holds(fd, order, start)) {
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
  /** Shared by all who read on in the same file. */
  readonly earlier?: EarlierOrders | undefined;
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
