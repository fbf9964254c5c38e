import { BYTES } from "../../records/crc32.js";

/**
 * The checksum of {@link crc32}, of the bytes from `from` to before `to`. For who reads many lines: it takes
 * eight bytes at once, from tables that one line is not worth. For a line it takes little more than half the
 * time of node:zlib's, which has to be loaded and wants a view of each line.
 */
export function crc32Within(bytes: DataView, from: number, to: number): number {
  let crc = -1;
  let at = from;
  for (; at + SLICE <= to; at += SLICE) {
    const low = crc ^ bytes.getInt32(at, true);
    const high = bytes.getInt32(at + 4, true);
    crc =
      entry(7, low) ^
      entry(6, low >>> 8) ^
      entry(5, low >>> 16) ^
      entry(4, low >>> 24) ^
      entry(3, high) ^
      entry(2, high >>> 8) ^
      entry(1, high >>> 16) ^
      entry(0, high >>> 24);
  }
  for (; at < to; at++) crc = entry(0, crc ^ bytes.getUint8(at)) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Bytes as {@link crc32Within} takes them. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Bytes that are taken at once, each with a table of its own. */
const SLICE = 8;
const TABLES = createTables();

/** What a byte changes in the remainder if so many bytes of its slice follow it. */
function entry(following: number, byte: number): number {
  return TABLES[following * 256 + (byte & 0xff)] as number;
}

function createTables(): Int32Array {
  const tables = new Int32Array(SLICE * 256);
  const at = (index: number) => tables[index] as number;
  tables.set(BYTES);
  for (let index = 256; index < tables.length; index++) {
    tables[index] = at(at(index - 256) & 0xff) ^ (at(index - 256) >>> 8);
  }
  return tables;
}
