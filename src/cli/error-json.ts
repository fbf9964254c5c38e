import { safeJson } from "../domain/printable.js";
import type { ErrorCode } from "../errors.js";

/** An error as a line of JSON. The shape only ever grows; docs/errors.md describes it. */
export function errorJson({ code, message, hint = null, orderId }: ReportedError): string {
  return `${safeJson({ error: { code, message, hint, id: orderId } })}\n`;
}

/** What is told of an error. */
export interface ReportedError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string | null | undefined;
  /** The order that it is about. */
  readonly orderId?: string | undefined;
}
