import { type DecodedLine, decodeLine, isRecord } from "./order-codec.js";
import type { Line } from "./read-lines.js";

const CARRIAGE_RETURN = 0x0d;

/**
 * A line, decoded; as several where an editor has written carriage returns instead of newlines. No record
 * holds one, for JSON escapes it.
 */
export function decodeParts(line: Line): DecodedPart[] {
  const decoded = decodeLine(line.bytes, line.length);
  const { start, bytes, length } = line;
  const inside = bytes.indexOf(CARRIAGE_RETURN);
  const isWhole = isRecord(decoded) && decoded.problem === undefined;
  if (isWhole || length > bytes.length || inside < 0 || inside === length - 1) {
    return [{ ...line, decoded }];
  }
  const parts: DecodedPart[] = [];
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

export type DecodedPart = Line & { readonly decoded: DecodedLine };
