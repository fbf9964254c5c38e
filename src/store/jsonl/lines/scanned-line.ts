import type { Cancellation } from "../../../domain/order.js";
import type { OrderJson } from "../../order-json.js";
import type { Claim } from "./order-codec.js";

/** What a line turned out to be. */
export type ScannedLine = RecordLine | DamagedLine | TornLine;

/** An order or a cancellation. */
export type RecordLine = OrderLine | CancellationLine;

/** Whether a line holds an order or a cancellation. */
export function isRecordLine(line: ScannedLine): line is RecordLine {
  return line.kind === "order" || line.kind === "cancellation";
}

/** The id of the order that is stored or cancelled. */
export function orderIdOf(line: RecordLine): string {
  return line.kind === "order" ? line.order.id : line.cancellation.id;
}

/** What lies between two bytes of the file. */
interface Span {
  readonly start: number;
  /** Where the next line begins. */
  readonly end: number;
  readonly claim: Claim | undefined;
  /** No subscription is told of it. */
  readonly isImported: boolean;
  /** Names the line, as `orders.jsonl:17`. */
  location(): string;
}

export interface OrderLine extends Span {
  readonly kind: "order";
  /** As it was placed. */
  readonly order: OrderJson;
  /** Whether its writer saw that no order before it was placed later. */
  readonly isInOrder: boolean;
  /**
   * Whether an item may contain a text (see {@link foldCase}); if it says no, none does. Without it nobody
   * can tell but by looking into the order.
   */
  mayContain?(text: string): boolean;
}

export interface CancellationLine extends Span {
  readonly kind: "cancellation";
  readonly cancellation: Cancellation;
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
