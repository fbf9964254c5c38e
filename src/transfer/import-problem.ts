import { type ErrorCode, OrdersError } from "../errors.js";

/** Why a file is not imported. Nothing of it was stored. */
export class ImportProblem extends OrdersError {
  readonly kind: keyof typeof CODES;

  /** @param detail what else there is to know of it. */
  constructor(kind: keyof typeof CODES, message: string, detail?: string) {
    super(CODES[kind], message, { hint: detail });
    this.kind = kind;
  }
}

const CODES = {
  /** It cannot be read, or its format is none that can be imported. */
  "invalid-file": "invalid-usage",
  /** Nothing tells what format it has. */
  "unknown-format": "invalid-usage",
  /** It is none of its format, or no further: what is behind that cannot be known. */
  unreadable: "invalid-order",
  /** It is not UTF-8. */
  encoding: "invalid-order",
  /** It lacks a column that was named, or has two of one meaning. */
  columns: "invalid-order",
  /** It has columns that nobody knows. */
  "unknown-column": "invalid-order",
  /** Some of its orders are none, or others than those that have their ids. */
  "invalid-orders": "invalid-order",
  /** The same, and some have fields that nobody knows. */
  "unknown-fields": "invalid-order",
  /** All of its orders are stored, though some have no id that tells so. */
  repeated: "conflict",
} satisfies Record<string, ErrorCode>;
