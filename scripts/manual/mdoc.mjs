/*
 * Writes mdoc, the language of manual pages that says what a word is and not how it looks: both mandoc
 * (BSD, Alpine) and groff (Linux, macOS) read it. See mdoc(7).
 */

/** Characters that would be read as markup, or set as another than the one to type. */
const SPECIAL = new Map([
  ["\\", "\\e"],
  ["-", "\\-"],
  ["'", "\\(aq"],
  ["`", "\\(ga"],
  ["^", "\\(ha"],
  ["~", "\\(ti"],
]);

/** Text that is to be typed as it is. */
export function literal(text) {
  const escaped = text.replace(/[\\\-'`^~]|[^\0-\x7f]/gu, (character) => {
    const code = character.codePointAt(0).toString(16).toUpperCase().padStart(4, "0");
    return SPECIAL.get(character) ?? `\\[u${code}]`;
  });
  return escaped.startsWith(".") ? `\\&${escaped}` : escaped;
}

/** An argument of a macro; `\&` keeps it from being taken for the name of another one. */
export function argument(text) {
  return `"\\&${literal(text).replaceAll('"', '""')}"`;
}

/** Prose: lines of less than 80 characters, and each sentence begins one, for then it is spaced right. */
export function prose(text) {
  return text
    .split(/(?<=[.!?])\s+|\n/)
    .flatMap((sentence) => literal(sentence).match(/\S(?:.{0,68}\S)?(?=\s|$)|\S+/g) ?? [])
    .map((line) => `${line.startsWith(".") ? "\\&" : ""}${line}\n`)
    .join("");
}

/** A list of terms, each a line of macros, with what they mean. */
export function list(items) {
  if (items.length === 0) return "";
  const lines = items.map(([term, meaning]) => `.It ${term}\n${prose(meaning)}`);
  return `.Bl -tag -width Ds\n${lines.join("")}.El\n`;
}

/** Lines to type. */
export function example(lines) {
  return `.Bd -literal -offset indent\n${lines.map((line) => `${literal(line)}\n`).join("")}.Ed\n`;
}

/** Other pages: `orders-list(1)`. */
export function seeAlso(pages) {
  const sorted = [...pages].sort(
    (one, other) => one.section - other.section || compare(one.name, other.name),
  );
  const lines = sorted.map(({ name, section }, index) => {
    return `.Xr ${name} ${section}${index < sorted.length - 1 ? " ," : ""}\n`;
  });
  return `.Sh SEE ALSO\n${lines.join("")}`;
}

function compare(one, other) {
  return one < other ? -1 : 1;
}
