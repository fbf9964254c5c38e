import { PLACED_AT_LENGTH } from "../../../domain/order.js";
import { PLACED_AT } from "../../records/order-json.js";
import type { OrderLines } from "../../records/order-lines.js";
import { crc32Within, viewOf } from "./crc32-within.js";
import { CHECKSUM_BYTES, type Marks, marksJson } from "./order-codec.js";
import { compareTimes, type PlacedTime } from "./placed-time.js";

/**
 * The lines of orders that are bytes already: those that `encodeOrder` makes, without a text of any.
 *
 * @param marks those that all of them have.
 * @param newest when the newest order on file was placed.
 */
export function encodeLines(lines: OrderLines, marks: Marks, newest = ""): Buffer {
  const { bytes, view } = lines;
  const common = Buffer.from(marksJson(marks));
  const most = common.length + MOST_LATE_BYTES + CHECKSUM_BYTES + 1;
  const encoded = Buffer.allocUnsafe(bytes.length + lines.length * most);
  const encodedView = viewOf(encoded);
  let newestTime: PlacedTime = {
    timeIn: viewOf(Buffer.from(newest.padEnd(PLACED_AT_LENGTH))),
    timeAt: 0,
  };
  let end = 0;
  lines.each((from, to) => {
    const start = end;
    end += bytes.copy(encoded, end, from, to - 1);
    end += common.copy(encoded, end);
    const time = { timeIn: view, timeAt: from + PLACED_AT };
    if (compareTimes(time, newestTime) >= 0) newestTime = time;
    else end += encoded.write(marksJson({ newestBefore: textOf(newestTime) }), end, "latin1");
    end = putChecksum(encoded, end, crc32Within(encodedView, start, end));
  });
  return encoded.subarray(0, end);
}

const MOST_LATE_BYTES = marksJson({ newestBefore: " ".repeat(PLACED_AT_LENGTH) }).length;

function textOf({ timeIn, timeAt }: PlacedTime): string {
  return Buffer.from(timeIn.buffer, timeIn.byteOffset + timeAt, PLACED_AT_LENGTH).toString();
}

/** Ends a line. @returns where the next one begins. */
function putChecksum(bytes: Buffer, from: number, checksum: number): number {
  let at = from;
  for (let index = 0; index < CHECKSUM_START.length; index++) {
    bytes[at++] = CHECKSUM_START[index] as number;
  }
  for (let shift = 28; shift >= 0; shift -= 4) {
    bytes[at++] = DIGITS[(checksum >>> shift) & 0xf] as number;
  }
  for (let index = 0; index < LINE_END.length; index++) bytes[at++] = LINE_END[index] as number;
  return at;
}

const CHECKSUM_START = Buffer.from(',"crc32":"');
const DIGITS = Buffer.from("0123456789abcdef");
const LINE_END = Buffer.from('"}\n');
