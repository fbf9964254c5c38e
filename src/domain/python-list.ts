import { escapeCharacter } from "./printable.js";

/** Formats strings as a Python list: `['100 inch TV', "O'Reilly book"]`. */
export function pythonList(strings: readonly string[]): string {
  return `[${strings.map(pythonString).join(", ")}]`;
}

/**
 * The characters that Python's `str.isprintable` rejects: the categories "Other" and "Separator" except
 * the space ({@link https://docs.python.org/3/library/stdtypes.html#str.isprintable}). Which characters
 * are assigned depends on the Unicode version of Node, as in Python on that of Python.
 */
const UNPRINTABLE = /(?! )[\p{C}\p{Z}]/gu;
const PLAIN = /^[ !#-&(-[\]-~]*$/;

/** Formats a string like Python's `repr`: with double quotes only if that saves an escape. */
function pythonString(text: string): string {
  if (PLAIN.test(text)) return `'${text}'`;
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll(quote, `\\${quote}`)
    .replace(UNPRINTABLE, escapeCharacter);
  return quote + escaped + quote;
}
