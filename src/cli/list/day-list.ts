import { type ClosedAs, closedAt } from "../../domain/closing.js";
import type { Order } from "../../domain/order.js";
import { type Table, tableOf } from "../render/columns.js";
import { counted } from "../render/count.js";
import { shortIdLength } from "../render/short-ids.js";
import { fitting } from "../render/width.js";
import { dateOf, localDayOf, WEEKDAYS, weekdayOf } from "../time/local-day.js";
import { shortTime } from "../time/time.js";
import { itemsText } from "./columns.js";
import type { ListFormat, ListView } from "./list-format.js";

/** Orders for a person at a terminal: below the day, the time, the short id and the items of each. */
export function dayList({ output: { columns: width }, style, now }: ListView): ListFormat {
  const isNarrow = width < NARROW_COLUMNS;
  const { indent, gap, minIdWidth, markOf } = isNarrow ? NARROW : WIDE;
  const today = localDayOf(now);
  let day: number | undefined;
  let rows: Table<Order>;
  const headingOf = (placed: number) => {
    const date = dateOf(placed);
    const weekday = `${date} ${WEEKDAYS[weekdayOf(placed)]}`;
    const word = WORDS[today - placed];
    return fitting([...(word ? [`${weekday}, ${word}`] : []), weekday, date], width);
  };
  return {
    begin(orders) {
      const ids = orders.map(({ id }) => id);
      const idWidth = shortIdLength(ids, minIdWidth);
      const cells: readonly ((order: Order) => string)[] = [
        ({ placedAt }) => shortTime(placedAt).slice(-"09:30".length),
        ({ id }) => id.slice(0, idWidth),
        (order) => itemsText(order, markOf),
        (order) => (order.for === undefined || isNarrow ? "" : `for ${order.for}`),
      ];
      const columns = cells.map((cell, at) => ({ heading: "", cell, isFlexible: at > 1 }));
      rows = tableOf(columns, orders, width - indent.length, gap);
      return "";
    },
    order(order) {
      const placed = localDayOf(new Date(order.placedAt));
      const isNew = placed !== day;
      const blank = day === undefined ? "" : "\n";
      day = placed;
      const paints = [String, style.faint, String, style.name];
      const row =
        closedAt(order) === undefined
          ? rows.row(order, (text, at) => paints[at]?.(text) ?? text)
          : style.faint(rows.row(order));
      return `${isNew ? `${blank}${style.heading(headingOf(placed))}\n` : ""}${indent}${row}\n`;
    },
    end(count, isCut) {
      const orders = counted(count, "order");
      const more = `${orders}, older ones not shown`;
      const texts = isCut ? [`${more} (--limit)`, more, `${orders}, …`] : [orders];
      return `\n${style.faint(fitting(texts, width))}\n`;
    },
    reportsCut: true,
  };
}

const MARKS: Readonly<Record<ClosedAs, string>> = { cancelled: "×", done: "✓" };
/** A narrower terminal has no room to spare; of an id it has what `show` needs at least. */
const NARROW_COLUMNS = 40;
const NARROW = { indent: "", gap: " ", minIdWidth: 4, markOf: (as: ClosedAs) => MARKS[as] };
const WIDE = { indent: "  ", gap: "  ", minIdWidth: 8, markOf: undefined };
/** By how many days ago. */
const WORDS = ["today", "yesterday"];
