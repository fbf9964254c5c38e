/** Whether the bytes from `from` to before `to` are printable ASCII, all of them: four are looked at once. */
export function isPrintable(bytes: DataView, from: number, to: number): boolean {
  let others = 0;
  let at = from;
  for (; at + 4 <= to; at += 4) {
    const word = bytes.getInt32(at, true);
    // Sets the highest bit of a byte of DEL or above, and of one below a space.
    others |= (word + ONES) | (word - SPACES) | word;
  }
  for (; at < to; at++) {
    const byte = bytes.getUint8(at);
    others |= (byte + 1) | (byte - SPACE) | byte;
  }
  return (others & HIGHEST_BITS) === 0;
}

const SPACE = 0x20;
const SPACES = 0x20202020;
const ONES = 0x01010101;
const HIGHEST_BITS = 0x80808080;
