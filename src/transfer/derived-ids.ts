/**
 * Ids for the orders of a file that have none, one after another: made of the file's hash and the order's
 * number, so that a file that is imported again is recognised. UUIDs of version 8
 * ({@link https://www.rfc-editor.org/rfc/rfc9562#section-5.8 RFC 9562}): 74 bits of the hash, 48 of the number.
 */
export function derivedIds(hash: Uint8Array): () => string {
  const bytes = Buffer.from(hash.subarray(0, 16));
  bytes[6] = 0x80 | ((bytes[6] as number) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] as number) & 0x3f);
  const begin = bytes.toString("hex", 0, 10);
  const prefix = `${begin.slice(0, 8)}-${begin.slice(8, 12)}-${begin.slice(12, 16)}-${begin.slice(16, 20)}-`;
  let number = 0;
  return () => prefix + (number++).toString(16).padStart(12, "0");
}
