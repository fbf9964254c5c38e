import { escapeCharacter } from "./printable.js";

/**
 * What Python's `str.isprintable` calls not printable: the categories "Other" and "Separator",
 * except the plain space. {@link https://docs.python.org/3/library/stdtypes.html#str.isprintable}
 * Which characters are assigned at all is up to the running Node's Unicode version, as it is to
 * the running Python's.
 */
const UNPRINTABLE = /(?! )[\p{C}\p{Z}]/gu;
const PLAIN = /^[ !#-&(-[\]-~]*$/;

/** Writes strings in the notation of a Python list: `['100 inch TV', "O'Reilly book"]`. */
export function pythonList(strings: readonly string[]): string {
  return `[${strings.map(pythonString).join(", ")}]`;
}

/** Writes a string as Python's `repr` does: double quotes only where that saves an escape. */
function pythonString(text: string): string {
  if (PLAIN.test(text)) return `'${text}'`;
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text
    .replaceAll("\\", "\\\\")
    .replaceAll(quote, `\\${quote}`)
    .replace(UNPRINTABLE, escapeCharacter);
  return quote + escaped + quote;
}
