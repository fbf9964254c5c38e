/**
 * The CRC-32 of gzip and PNG ({@link https://www.rfc-editor.org/rfc/rfc1952#section-8 RFC 1952}). To load
 * node:zlib for it, and all of Node's streams with that, takes longer than to list some orders.
 */
export function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let at = 0; at < bytes.length; at++) {
    crc = (BYTES[(crc ^ (bytes[at] as number)) & 0xff] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

/** The same of a text in UTF-8. Most texts are ASCII, and need not be encoded. */
export function crc32OfText(text: string): number {
  let crc = -1;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return crc32(Buffer.from(text));
    crc = (BYTES[(crc ^ code) & 0xff] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

/** A checksum as eight hexadecimal digits. */
export function hexOf(checksum: number): string {
  return checksum.toString(16).padStart(8, "0");
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
