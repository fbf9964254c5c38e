import truncatedWidth from "fast-string-truncated-width";

/** Cuts text to a width in terminal columns, where wide characters take two. */
export function cut(text: string, columns: number): string {
  if (columns === Number.POSITIVE_INFINITY) return text;
  const limit = Math.max(0, columns);
  const { truncated, ellipsed, index } = truncatedWidth(text, { limit, ellipsis: ELLIPSIS });
  if (!truncated) return text;
  // The index is too far or within a character where several code units are one column or two.
  let shown = text.slice(0, index);
  const room = limit - (ellipsed ? ELLIPSIS.length : 0);
  while (width(shown) > room || !shown.isWellFormed()) shown = shown.slice(0, -1);
  return shown + (ellipsed ? ELLIPSIS : "");
}

/** Cuts text to a width in terminal columns, and fills it up with blanks. */
export function padded(text: string, columns: number): string {
  if (columns === Number.POSITIVE_INFINITY) return text;
  const shown = cut(text, columns);
  return shown + " ".repeat(Math.max(0, columns - width(shown)));
}

/** The width of text in terminal columns. */
export function width(text: string): number {
  return truncatedWidth(text).width;
}

/** The first of some texts, from long to short, that fits a width; the last one is cut if none does. */
export function fitting(texts: readonly string[], columns: number): string {
  return cut(texts.find((text) => width(text) <= columns) ?? texts.at(-1) ?? "", columns);
}

const ELLIPSIS = "…";
