/**
 * The CRC-32 of gzip and PNG ({@link https://www.rfc-editor.org/rfc/rfc1952#section-8 RFC 1952}),
 * as eight hexadecimal digits.
 */
export function crc32(bytes: Uint8Array): string {
  let crc = -1;
  for (let at = 0; at < bytes.length; at++) {
    crc = (BYTES[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8);
  }
  return (~crc >>> 0).toString(16).padStart(8, "0");
}

/** What a byte changes in the remainder. */
export const BYTES = createTable();

function createTable(): Int32Array {
  const table = new Int32Array(256);
  let remainder = 1;
  for (let bit = 128; bit > 0; bit >>= 1) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
    for (let byte = 0; byte < 256; byte += 2 * bit) {
      table[byte + bit] = (table[byte] as number) ^ remainder;
    }
  }
  return table;
}
