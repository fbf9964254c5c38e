/**
 * What a terminal might obey instead of print: controls, formatting characters (bidirectional
 * overrides and isolates, zero-width marks, tags), line and paragraph separators, lone surrogates.
 * The two joiners are let through: Persian and emoji families need them, and they move nothing.
 *
 * See {@link https://trojansource.codes} for what bidirectional characters can do to a reader.
 */
const UNSAFE = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** `text` with each character that a terminal might obey written as an escape sequence. */
export function escapeUnsafe(text: string): string {
  return text.replace(UNSAFE, escapeCharacter);
}

/** The same for text of several lines, which stay lines; a carriage return ends one too. */
export function escapeUnsafeLines(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/[^\n\t]+/g, escapeUnsafe);
}

/**
 * `value` as JSON that is safe to show: the same value to every JSON parser, with each character
 * that a terminal might obey written as `\uXXXX`.
 */
export function safeJson(value: unknown): string {
  return JSON.stringify(value).replace(UNSAFE, (character) =>
    character.replace(/[\s\S]/g, (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`),
  );
}

/** One character as Python writes it: `\n`, `\x1b`, `\u202e`, `\U000e0001`. */
export function escapeCharacter(character: string): string {
  const short = SHORT[character];
  if (short !== undefined) return short;
  const code = character.codePointAt(0) as number;
  if (code <= 0xff) return `\\x${hex(code, 2)}`;
  return code <= 0xffff ? `\\u${hex(code, 4)}` : `\\U${hex(code, 8)}`;
}

function hex(code: number, digits: number): string {
  return code.toString(16).padStart(digits, "0");
}
