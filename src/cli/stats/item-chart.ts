import { escapeUnsafe } from "../../domain/printable.js";
import type { Style } from "../render/style.js";
import { cut, padded, width } from "../render/width.js";
import type { ItemCount } from "./order-statistics.js";

/** A bar for each item, in lines of at most `columns`: the item, how often it was ordered, the bar. */
export function itemChart(
  items: readonly ItemCount[],
  columns: number,
  style: Style,
): readonly string[] {
  const counts = items.map(({ count }) => String(count));
  const countWidth = Math.max(...counts.map((count) => count.length));
  const rest = columns - countWidth - 2 * GAP.length;
  const labels = items.map(({ item }) => cut(escapeUnsafe(item), rest - minBarWidth(rest)));
  const labelWidth = Math.max(...labels.map(width));
  const most = Math.max(...items.map(({ count }) => count));
  return items.map(({ count }, index) =>
    [
      padded(labels[index] ?? "", labelWidth),
      (counts[index] ?? "").padStart(countWidth),
      style.bar(bar(count / most, rest - labelWidth)),
    ].join(GAP),
  );
}

const GAP = " ";
/** A block of one to eight eighths of a column. */
const EIGHTHS = ["▏", "▎", "▍", "▌", "▋", "▊", "▉", "█"];

function minBarWidth(rest: number): number {
  return Math.ceil(rest / 3);
}

/** Even the smallest share is an eighth of a column. */
function bar(share: number, columns: number): string {
  const eighths = Math.max(1, Math.round(share * columns * 8));
  const [whole, part] = [Math.floor(eighths / 8), eighths % 8];
  return "█".repeat(whole) + (EIGHTHS[part - 1] ?? "");
}
