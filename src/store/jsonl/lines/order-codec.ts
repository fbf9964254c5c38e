import { isUtf8 } from "node:buffer";
import {
  CLOSING_FIELDS,
  type Closing,
  closingFields,
  closingProblem,
} from "../../../domain/closing.js";
import { type Order, orderFields, orderProblem } from "../../../domain/order.js";
import { escapeUnsafe, safeJson } from "../../../domain/printable.js";
import { crc32, crc32OfText, hexOf } from "../../records/crc32.js";
import { OrderJson } from "../../records/order-json.js";
import type { OrderRecord } from "../../records/record.js";

/**
 * How an order came to carry an id that its caller chose. Two processes may claim an id at the same
 * time: both append, and the line that comes first on file holds the id. The same for what closes an order.
 */
export interface Claim {
  /** The file held no order of this id up to this byte when the line was appended. */
  readonly checkedTo: number;
  /** Tells this line from that of another process which claimed the same id for the same items. */
  readonly token: string;
}

/** What a line holds besides its order, or what closes one. */
export interface Marks {
  readonly claim?: Claim | undefined;
  /** See {@link StoreAs}; on file `imported`. */
  readonly isImported?: boolean | undefined;
  /** An order before it was placed at this later time: a clock was set back, or an old order was copied. */
  readonly newestBefore?: string | undefined;
}

/** What a line of the file holds. */
export type StoredRecord = OrderRecord & Marks;

/** What one line of the file turned out to be. */
export type DecodedLine =
  | DecodedRecord
  | { readonly kind: "damage"; readonly problem: string }
  /** Blank, or torn and ended. */
  | { readonly kind: "nothing" };

/** A line that holds a record. */
export type DecodedRecord = StoredRecord & {
  /** The line ends in its checksum, so it is one of ours, whole and unchanged. */
  readonly hasChecksum: boolean;
  /** Something other than a fragment is before it on its line. */
  readonly problem?: string;
};

/** Whether a line holds a record. */
export function isRecord(decoded: DecodedLine): decoded is DecodedRecord {
  return decoded.kind === "order" || decoded.kind === "closing";
}

/**
 * Ends a line that was torn by a crash: ASCII CAN, "disregard what went before". No order ends like
 * this, for JSON escapes control characters.
 * {@link https://www.rfc-editor.org/rfc/rfc20#section-5.2 RFC 20}
 */
export const TORN_END = "\x18";

const ORDER_START = '{"id":"';
/** How each line that closes an order begins, and no other. */
export const CLOSING_START = '{"closed":"';
const CHECKSUM_WITHIN = /,"crc32":"[0-9a-f]{8}"\}/;
const CHECKSUM = /,"crc32":"([0-9a-f]{8})"\}$/;
/** How long a checksum is at the end of a line. */
export const CHECKSUM_BYTES = ',"crc32":"01234567"}'.length;
const FIELDS: ReadonlySet<string> = new Set([
  "id",
  "placedAt",
  "items",
  "for",
  "note",
  "traceparent",
]);
const FIELDS_OF_CLOSING: ReadonlySet<string> = new Set(["closed", ...CLOSING_FIELDS]);
const NOTHING: DecodedLine = { kind: "nothing" };

/** A record as a line of the file: its checksum at the end, its newline included. */
export function encodeRecord(record: StoredRecord): string {
  return record.kind === "order"
    ? encodeOrder(record.order, record)
    : encodeClosing(record.closing, record);
}

/** One order as such a line. */
export function encodeOrder(order: Order, marks: Marks = {}): string {
  const open = order instanceof OrderJson ? order.placedJson : safeJson(order);
  return line(open.slice(0, -1) + marksJson(marks));
}

/** What follows the fields of an order on its line. */
export function marksJson({ claim, isImported, newestBefore }: Marks): string {
  let json = "";
  if (isImported) json += ',"imported":true';
  if (claim) json += `,${claimJson(claim)}`;
  if (newestBefore) json += `,"newestBefore":"${newestBefore}"`;
  return json;
}

/** A claim as it is in a line. */
export function claimJson({ checkedTo, token }: Claim): string {
  return `"claim":{"checkedTo":${checkedTo},"token":"${token}"}`;
}

/** What closes an order as such a line. */
export function encodeClosing(closing: Closing, { claim, isImported }: Marks = {}): string {
  const json = safeJson({
    closed: closing.id,
    ...closingFields(closing),
    ...(isImported && { imported: true }),
    ...(claim && { claim }),
  });
  return line(json.slice(0, -1));
}

function line(open: string): string {
  return `${open},"crc32":"${hexOf(crc32OfText(open))}"}\n`;
}

/** Reads one line, without its newline. One of which not all bytes are given is longer than any order. */
export function decodeLine(line: Buffer, length = line.length): DecodedLine {
  if (length > line.length) return damage(`longer than any order: ${length} bytes`);
  if (line.at(-1) === TORN_END.charCodeAt(0)) return NOTHING;
  if (!isUtf8(line)) return afterFragment(line) ?? damage("not UTF-8");
  const text = line.toString("utf8").trim();
  if (text === "") return NOTHING;
  const stored = CHECKSUM.exec(text)?.[1];
  if (stored !== undefined && stored !== checksum(line)) {
    return afterFragment(line) ?? damage(`its checksum does not match: ${excerpt(text)}`);
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return damage(`not an order: ${excerpt(text)}`);
  }
  const hasChecksum = stored !== undefined;
  if (text.startsWith(CLOSING_START)) {
    const { closed: id = "", ...rest } = value as OnFile & Closing;
    const problem =
      closingProblem({ ...rest, id }) ?? unknownField(value, hasChecksum, FIELDS_OF_CLOSING);
    if (problem !== undefined) return damage(`closes no order: ${problem}: ${excerpt(text)}`);
    const closing = { id, ...closingFields(rest) };
    return { kind: "closing", closing, ...marksOf(rest), hasChecksum };
  }
  if (hasChecksum && !text.startsWith(ORDER_START)) {
    return damage(`written by a newer version of orders: ${excerpt(text)}`);
  }
  const problem = orderProblem(value) ?? unknownField(value, hasChecksum, FIELDS);
  if (problem !== undefined) return damage(`not an order: ${problem}: ${excerpt(text)}`);
  const order = orderFields(value as Order);
  return { kind: "order", order, ...marksOf(value as OnFile), hasChecksum };
}

/** What a line can hold besides an order, or the time and remark of a closing. */
interface OnFile {
  readonly closed?: string;
  readonly imported?: boolean;
  readonly claim?: Claim;
  readonly newestBefore?: string;
}

function marksOf({ imported, claim, newestBefore }: OnFile): Marks {
  return {
    ...(imported && { isImported: true }),
    ...(claim && { claim }),
    ...(newestBefore && { newestBefore }),
  };
}

/**
 * The record at the end of a line that begins with a fragment: what is left if a process dies within
 * its write while another, which saw an intact file a moment ago, is about to append. No item can
 * be taken for the beginning of an order, or for a checksum: in a JSON string its quotes are escaped.
 */
function afterFragment(line: Buffer): DecodedLine | undefined {
  const start = Math.max(line.lastIndexOf(ORDER_START), line.lastIndexOf(CLOSING_START));
  const decoded = start > 0 ? decodeLine(line.subarray(start)) : undefined;
  if (decoded === undefined || !isRecord(decoded) || !decoded.hasChecksum) return undefined;
  const fragment = line.subarray(0, start);
  if (!CHECKSUM_WITHIN.test(fragment.toString("latin1"))) return decoded;
  // A whole order is before it: it may have been acknowledged, and only its newline be damaged.
  const problem = `no newline after an order: ${excerpt(fragment.toString("utf8"))}`;
  return { ...decoded, problem: escapeUnsafe(problem) };
}

function checksum(line: Buffer): string {
  const end = line.lastIndexOf("}") + 1; // white space may follow
  return hexOf(crc32(line.subarray(0, end - CHECKSUM_BYTES)));
}

/** Without a checksum, an unknown field may be a known one that was damaged. */
function unknownField(
  value: unknown,
  hasChecksum: boolean,
  known: ReadonlySet<string>,
): string | undefined {
  if (hasChecksum) return undefined;
  const unknown = Object.keys(value as object).find((field) => !known.has(field));
  return unknown === undefined ? undefined : `unknown field '${excerpt(unknown)}'`;
}

function damage(problem: string): DecodedLine {
  return { kind: "damage", problem: escapeUnsafe(problem) };
}

function excerpt(text: string): string {
  return text.length <= 40 ? text : `${text.slice(0, 40)}…`;
}
