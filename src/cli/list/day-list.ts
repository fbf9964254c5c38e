import type { Order } from "../../domain/order.js";
import { escapeUnsafe } from "../../domain/printable.js";
import { counted } from "../render/count.js";
import { shortIdLength } from "../render/short-ids.js";
import { cut, fitting, padded, width } from "../render/width.js";
import { dateOf, localDayOf, WEEKDAYS, weekdayOf } from "../time/local-day.js";
import { shortTime } from "../time/time.js";
import { itemsText } from "./items-text.js";
import type { ListFormat, ListView } from "./list-format.js";

/** Orders for a person at a terminal: below the day, the time, the short id and the items of each. */
export function dayList({ output: { columns }, style, now }: ListView): ListFormat {
  const { indent, gap, minIdWidth, mark } = columns < NARROW_COLUMNS ? NARROW : WIDE;
  const today = localDayOf(now);
  let day: number | undefined;
  let [idWidth, room, nameRoom, namesAt] = [minIdWidth, 0, 0, 0];

  const headingOf = (placed: number) => {
    const date = dateOf(placed);
    const weekday = `${date} ${WEEKDAYS[weekdayOf(placed)]}`;
    const word = WORDS[today - placed];
    return fitting(
      [...(word === undefined ? [] : [`${weekday}, ${word}`]), weekday, date],
      columns,
    );
  };
  /** The items, and at the end of the line whom they are for. */
  const texts = (order: Order, paintName: (name: string) => string) => {
    if (order.for === undefined || nameRoom < MIN_NAME_COLUMNS)
      return cut(itemsText(order, mark), room);
    const name = cut(`for ${escapeUnsafe(order.for)}`, nameRoom);
    const items = cut(itemsText(order, mark), room - width(name) - gap.length);
    return `${padded(items, Math.max(namesAt, width(items)))}${gap}${paintName(name)}`;
  };
  return {
    /** The columns are as the first orders need them. */
    begin(orders: readonly Order[]) {
      const ids = orders.map(({ id }) => id);
      idWidth = shortIdLength(ids, minIdWidth);
      room = columns - indent.length - "09:30".length - idWidth - 2 * gap.length;
      nameRoom = Math.min(MAX_NAME_COLUMNS, Math.floor(room / 3));
      const widths = orders.slice(0, SAMPLE_ORDERS).map((order) => width(itemsText(order, mark)));
      const widest = Math.max(0, ...widths);
      namesAt = Math.min(widest, NAMES_AT_COLUMNS, room - nameRoom - gap.length);
      return "";
    },
    order(order: Order) {
      const placed = localDayOf(new Date(order.placedAt));
      const isNew = placed !== day;
      const heading = isNew
        ? `${day === undefined ? "" : "\n"}${style.heading(headingOf(placed))}\n`
        : "";
      day = placed;
      const time = shortTime(order.placedAt).slice(-"09:30".length);
      const id = order.id.slice(0, idWidth);
      const row =
        order.cancelledAt === undefined
          ? `${time}${gap}${style.faint(id)}${gap}${texts(order, style.name)}`
          : style.faint(`${time}${gap}${id}${gap}${texts(order, String)}`);
      return `${heading}${indent}${row}\n`;
    },
    end(count, isCut) {
      const orders = counted(count, "order");
      const more = `${orders}, older ones not shown`;
      const text = isCut
        ? fitting([`${more} (--limit)`, more, `${orders}, …`], columns)
        : cut(orders, columns);
      return `\n${style.faint(text)}\n`;
    },
    tellsMore: true,
  };
}

/** So many of the first orders tell how wide the items mostly are. */
const SAMPLE_ORDERS = 100;
/** A narrower terminal has no room to spare; of an id it has what `show` needs at least. */
const NARROW_COLUMNS = 40;
const NARROW = { indent: "", gap: " ", minIdWidth: 4, mark: "×" };
const WIDE = { indent: "  ", gap: "  ", minIdWidth: 8, mark: "(cancelled)" };
/** One long item moves its own name only. */
const NAMES_AT_COLUMNS = 40;
const MAX_NAME_COLUMNS = 24;
const MIN_NAME_COLUMNS = 8;
/** By how many days ago. */
const WORDS = ["today", "yesterday"];
