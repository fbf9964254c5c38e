/**
 * Unsafe characters, which a terminal may obey instead of printing: control characters, format
 * characters (bidirectional overrides and isolates, zero-width marks, tags), line and paragraph
 * separators, lone surrogates. The zero-width joiner and non-joiner are safe, and Persian and emoji
 * need them.
 *
 * {@link https://trojansource.codes} shows how bidirectional characters deceive a reader.
 */
function replaceUnsafe(text: string, replacer: (character: string) => string): string {
  // Most texts are ASCII: what Unicode calls a control is looked up, here and not at the start, for the others.
  if (PRINTABLE_ASCII.test(text)) return text;
  // Without the joiners it takes a third of the time.
  if (!/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(text)) return text;
  return text.replace(/(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, replacer);
}

const PRINTABLE_ASCII = /^[ -~]*$/;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** Escapes the unsafe characters of a text: `\n`, `\x1b`, `\u202e`. */
export function escapeUnsafe(text: string): string {
  return replaceUnsafe(text, escapeCharacter);
}

/** The same for text of several lines, which are kept; a carriage return also ends a line. */
export function escapeUnsafeLines(text: string): string {
  return text.replace(/\r\n?/g, "\n").replace(/[^\n\t]+/g, escapeUnsafe);
}

/** `value` as JSON with the unsafe characters as `\uXXXX`: to a JSON parser, the same value. */
export function safeJson(value: unknown): string {
  return safeJsonText(JSON.stringify(value));
}

/** The same for what is JSON text already, without white space. */
export function safeJsonText(json: string): string {
  return replaceUnsafe(json, (character) =>
    character.replace(/[\s\S]/g, (unit) => `\\u${hex(unit.charCodeAt(0), 4)}`),
  );
}

/** One character, escaped as in Python: `\n`, `\x1b`, `\u202e`, `\U000e0001`. */
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
