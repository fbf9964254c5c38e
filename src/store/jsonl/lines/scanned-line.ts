import type { ClosedAs } from "../../../domain/closing.js";
import type { ClosingJson } from "../../records/closing-json.js";
import type { OrderJson } from "../../records/order-json.js";
import { CLOSING_START, type Claim } from "./order-codec.js";

/** What a line turned out to be. */
export type ScannedLine =
  | RecordLine
  | OtherLine<"damage", { readonly problem: string }>
  | OtherLine<"repeated", { readonly problem: string }>
  | OtherLine<"torn", { readonly bytes: number }>;

/** An order, or what closes one: the first such line on file. */
export type RecordLine = OrderLine | ClosingLine;

/** Whether a line holds a record. */
export function isRecordLine(line: ScannedLine): line is RecordLine {
  return line.kind === "order" || line.kind === "closing";
}

/** What no second line can have in common with this one, and is found in its bytes. */
export function keyOf(line: RecordLine): string {
  return line.kind === "order" ? line.id : CLOSING_START + line.closing.id;
}

/** What lies between two bytes of the file. */
interface Span {
  readonly start: number;
  /** Where the next line begins. */
  readonly end: number;
  readonly claim: Claim | undefined;
  /** No subscription is told of it. */
  readonly isImported: boolean;
  /** The line ends in its checksum, so it is one of ours. */
  readonly hasChecksum: boolean;
  /** Of the order. */
  readonly id: string;
  /** Names the line, as `orders.jsonl:17`. */
  location(): string;
}

export interface OrderLine extends Span {
  readonly kind: "order";
  /** As it was placed. */
  readonly order: OrderJson;
  /** When it was placed: see {@link timeAt}. */
  readonly time: number;
  /** Whether its writer saw that no order before it was placed later. */
  readonly isInOrder: boolean;
  /**
   * Whether its bytes may contain a text of plain ASCII, ignoring case (see {@link foldCase}). Without it
   * nobody can tell but by looking into the order.
   */
  mayContain?(text: string): boolean;
}

export interface ClosingLine extends Span {
  readonly kind: "closing";
  readonly closing: ClosingJson;
  readonly as: ClosedAs;
  /** It does not stand where its writer put it: its order may be behind it, or gone. */
  isMoved: boolean;
}

/**
 * A line that is no record: damage; what an earlier line says already, which nobody but a person can have put there;
 * or a last line that is torn, or being written: it was never acknowledged.
 */
type OtherLine<Kind, Facts> = Facts & {
  readonly kind: Kind;
  location(): string;
};
