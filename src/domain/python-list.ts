import { escapeCharacter } from "./printable.js";

/** Formats strings as a Python list: `['100 inch TV', "O'Reilly book"]`. */
export function pythonList(strings: readonly string[]): string {
  return `[${strings.map(pythonString).join(", ")}]`;
}

const PLAIN = /^[ !#-&(-[\]-~]*$/;

/**
 * Formats a string like Python's `repr`: with double quotes only if that saves an escape, and with
 * those characters escaped that `str.isprintable` rejects, the categories "Other" and "Separator" except
 * the space ({@link https://docs.python.org/3/library/stdtypes.html#str.isprintable}). Which characters
 * are assigned depends on the Unicode version of Node, as in Python on that of Python.
 */
function pythonString(text: string): string {
  if (PLAIN.test(text)) return `'${text}'`;
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll(quote, `\\${quote}`)
    .replace(/(?! )[\p{C}\p{Z}]/gu, escapeCharacter);
  return quote + escaped + quote;
}
