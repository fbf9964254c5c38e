/*
 * Texts that are in JSON as we write them and that an order may have, as can be seen from their bytes: of printable
 * characters, in which only quotes and backslashes are escaped. Any other text may be fine too, and is parsed.
 */

/** Where a JSON string ends that begins with the quote at `from`; -1: it is not plain. */
export function endOfPlainText(bytes: Uint8Array, from: number): number {
  if (bytes[from] !== QUOTE) return -1;
  let isBlank = true;
  for (let at = from + 1; ; ) {
    const byte = bytes[at] as number;
    if (byte === QUOTE) return isBlank ? -1 : at + 1;
    if (byte === SPACE) {
      at++;
      continue;
    }
    const length = byte === BACKSLASH ? lengthOfEscape(bytes, at) : lengthOfCharacter(bytes, at);
    if (length === 0) return -1;
    isBlank = false; // none of these characters is white space
    at += length;
  }
}

/** How many bytes a printable character has that is no space; 0: it is none, or is not known as one. */
function lengthOfCharacter(bytes: Uint8Array, at: number): number {
  const byte = bytes[at] as number;
  if (byte < 0x80) return byte > SPACE && byte < DEL ? 1 : 0;
  const next = bytes[at + 1] as number;
  if (!isContinuation(next)) return 0;
  // U+00A1 to U+017F: Latin letters and signs, but no soft hyphen.
  if (byte === 0xc2) return next > 0xa0 && next !== 0xad ? 2 : 0;
  if (byte >= 0xc3 && byte <= 0xc5) return 2;
  const third = bytes[at + 2] as number;
  if (!isContinuation(third)) return 0;
  // U+2010 to U+2027, and U+2080 to U+2FFF: dashes, quotation marks, currencies, symbols.
  if (byte === 0xe2)
    return next >= 0x82 || (next === 0x80 && third >= 0x90 && third <= 0xa7) ? 3 : 0;
  // U+3001 to U+CFFF: Kana, Han, Hangul, but no ideographic space.
  if (byte === 0xe3) return next === 0x80 && third === 0x80 ? 0 : 3;
  if (byte >= 0xe4 && byte <= 0xec) return 3;
  // U+1F000 to U+1FFFF: emoji.
  return byte === 0xf0 && next === 0x9f && isContinuation(bytes[at + 3] as number) ? 4 : 0;
}

function isContinuation(byte: number): boolean {
  return (byte & 0xc0) === 0x80;
}

function lengthOfEscape(bytes: Uint8Array, at: number): number {
  const escaped = bytes[at + 1];
  return escaped === QUOTE || escaped === BACKSLASH ? 2 : 0;
}

const SPACE = 0x20;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DEL = 0x7f;
