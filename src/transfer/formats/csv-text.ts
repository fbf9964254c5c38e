/**
 * What a spreadsheet takes for a formula begins so, also behind a semicolon, at which some split a line
 * ({@link https://owasp.org/www-community/attacks/CSV_Injection OWASP}).
 */
const FORMULA = /(^|;)(?='*[=+\-@\t\r\n＝＋－＠])/g;
const GUARDED = /(^|;)'(?='*[=+\-@\t\r\n＝＋－＠])/g;

/** A text in which an apostrophe is put before each formula: {@link textOf} takes it away. */
export function guarded(text: string): string {
  return text.replace(FORMULA, "$1'");
}

/** The text that `orders list --format csv` made a cell of. */
export function textOf(cell: string): string {
  const text = cell.replace(GUARDED, "$1");
  return escapedText(text) ?? text;
}

/** The text that a JSON string with an escape is: so one is written that holds what a terminal could obey. */
export function escapedText(text: string): string | undefined {
  if (!text.startsWith('"') || !text.includes("\\")) return undefined;
  try {
    return JSON.parse(text) as string;
  } catch {
    return undefined;
  }
}
