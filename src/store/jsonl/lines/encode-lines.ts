import { PLACED_AT_LENGTH } from "../../../domain/order.js";
import { PLACED_AT, timeAt, timeOf } from "../../records/order-bytes.js";
import type { OrderLines } from "../../records/order-lines.js";
import { crc32Within, viewOf } from "./crc32-within.js";
import { CHECKSUM_BYTES, type Marks, marksJson } from "./order-codec.js";

/** Makes lines of orders that are bytes: those that `encodeOrder` makes, without a text of any. */
export class LineEncoder {
  /** Used again and again: what is large and short-lived is not collected soon. */
  #buffer = Buffer.alloc(0);

  /**
   * The lines, which are there until the next ones are made.
   *
   * @param marks those that all of them have.
   * @param newest when the newest order on file was placed.
   */
  encode(lines: OrderLines, marks: Marks, newest = ""): Buffer {
    const { bytes } = lines;
    const common = Buffer.from(marksJson(marks));
    const most = bytes.length + lines.length * (common.length + MOST_OTHER_BYTES);
    if (this.#buffer.length < most) this.#buffer = Buffer.allocUnsafe(most);
    const encoded = this.#buffer;
    const encodedView = viewOf(encoded);
    let newestTime = newest === "" ? Number.NEGATIVE_INFINITY : timeOf(newest);
    let newestAt = -1;
    let end = 0;
    lines.each((from, to) => {
      const start = end;
      end += bytes.copy(encoded, end, from, to - 1);
      end += common.copy(encoded, end);
      const time = timeAt(bytes, from + PLACED_AT);
      if (time < newestTime) {
        const newestBefore = newestAt < 0 ? newest : timeText(bytes, newestAt);
        end += encoded.write(marksJson({ newestBefore }), end, "latin1");
      } else {
        newestTime = time;
        newestAt = from + PLACED_AT;
      }
      end = putChecksum(encoded, end, crc32Within(encodedView, start, end));
    });
    return encoded.subarray(0, end);
  }
}

/** What a line has besides its order and common marks. */
const MOST_OTHER_BYTES =
  marksJson({ newestBefore: " ".repeat(PLACED_AT_LENGTH) }).length + CHECKSUM_BYTES + 1;

function timeText(bytes: Buffer, at: number): string {
  return bytes.toString("latin1", at, at + PLACED_AT_LENGTH);
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
