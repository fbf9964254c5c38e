import { escapeCharacter, escapeUnsafe } from "../../domain/printable.js";
import { cut } from "../render/width.js";
import {
  COUNTS_TITLE,
  dateBelow,
  daysTitle,
  ITEMS_TITLE,
  mostOrders,
  type StatsView,
} from "./stats-view.js";

/** Draws statistics as a picture in SVG, which is light or dark as its reader prefers. */
export function statsSvg({ counts, items, days }: StatsView): string {
  const itemsTop = 150;
  const daysTop = itemsTop + (items.length === 0 ? 0 : 60 + items.length * ITEM_HEIGHT);
  const height = daysTop + DAYS_HEIGHT;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img">
<title>${COUNTS_TITLE}</title>
<style>${CSS}</style>
<rect class="paper" width="${WIDTH}" height="${height}"/>
${[...countsPart(counts), ...itemsPart(items, itemsTop), ...daysPart(days, daysTop)].join("\n")}
</svg>
`;
}

const WIDTH = 720;
const MARGIN = 24;
const RIGHT = WIDTH - MARGIN;
const ITEM_HEIGHT = 24;
const LABEL_WIDTH = 260;
const LABEL_COLUMNS = 32; // of about 7.8 units
const BARS_LEFT = 352;
const DAYS_HEIGHT = 230;
const DAY_BARS_LEFT = 80;
const DAY_BARS_HEIGHT = 130;
const MAX_DAY_WIDTH = 48;
const DATE_WIDTH = 40;

const CSS = `
text { font: 13px ui-monospace, Menlo, Consolas, monospace; fill: #1f2328 }
.title { font-size: 15px; font-weight: bold }
.large { font-size: 28px }
.small { font-size: 11px }
.end { text-anchor: end }
.middle { text-anchor: middle }
.paper { fill: #fff }
.bar { fill: #0969da }
line { stroke: #818b98 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .paper { fill: #0d1117 }
  .bar { fill: #4493f8 }
}
`;

function countsPart(counts: StatsView["counts"]): string[] {
  return [
    svgText("title", MARGIN, 40, COUNTS_TITLE),
    ...counts.flatMap(({ orders, label }, index) => {
      const left = MARGIN + index * 240;
      return [svgText("large", left, 82, String(orders)), svgText("", left, 106, label)];
    }),
  ];
}

/** The items are in a picture of their own, which clips glyphs that are wider than their columns. */
function itemsPart(items: StatsView["items"], top: number): string[] {
  if (items.length === 0) return [];
  const most = Math.max(...items.map(({ count }) => count));
  const size = `width="${LABEL_WIDTH}" height="${items.length * ITEM_HEIGHT}"`;
  return [
    svgText("title", MARGIN, top, ITEMS_TITLE),
    `<svg x="${MARGIN}" y="${top + 20}" ${size}>`,
    ...items.map(({ item }, index) =>
      svgText("", 0, index * ITEM_HEIGHT + 16, cut(escapeUnsafe(item), LABEL_COLUMNS)),
    ),
    "</svg>",
    ...items.flatMap(({ count }, index) => {
      const y = top + 20 + index * ITEM_HEIGHT;
      const width = ((RIGHT - BARS_LEFT) * count) / most;
      return [
        svgText("end", BARS_LEFT - 8, y + 16, String(count)),
        svgBar(BARS_LEFT, y + 4, width, ITEM_HEIGHT - 8),
      ];
    }),
  ];
}

function daysPart(days: StatsView["days"], top: number): string[] {
  const most = mostOrders(days);
  const dayWidth = Math.min(MAX_DAY_WIDTH, (RIGHT - DAY_BARS_LEFT) / days.length);
  const bottom = top + 30 + DAY_BARS_HEIGHT;
  const datedEvery = Math.ceil(DATE_WIDTH / dayWidth);
  return [
    svgText("title", MARGIN, top, daysTitle(days, Number.POSITIVE_INFINITY)),
    svgText("small end", DAY_BARS_LEFT - 8, bottom - DAY_BARS_HEIGHT + 4, String(most)),
    svgText("small end", DAY_BARS_LEFT - 8, bottom + 4, "0"),
    ...days.flatMap(({ day, orders }, index) => {
      const left = DAY_BARS_LEFT + index * dayWidth;
      const height = (DAY_BARS_HEIGHT * orders) / most;
      const date = dateBelow(days, index, datedEvery);
      return [
        svgBar(left + dayWidth / 8, bottom - height, dayWidth * 0.75, height, `${day}: ${orders}`),
        ...(date ? [svgText("small middle", left + dayWidth / 2, bottom + 18, date)] : []),
      ];
    }),
    `<line x1="${DAY_BARS_LEFT}" y1="${bottom}" x2="${RIGHT}" y2="${bottom}"/>`,
  ];
}

/** A line of text; of its characters only what XML needs is escaped here. */
function svgText(className: string, x: number, y: number, text: string): string {
  return `<text class="${className}" x="${round(x)}" y="${round(y)}">${escapeXml(text)}</text>`;
}

/** @param title what is shown of the bar when it is pointed at. */
function svgBar(x: number, y: number, width: number, height: number, title = ""): string {
  const place = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
  return `<rect class="bar" ${place}>${title && `<title>${escapeXml(title)}</title>`}</rect>`;
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}

/** Of the safe characters, {@link https://www.w3.org/TR/xml/#charsets XML} lacks two noncharacters. */
function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\ufffe\uffff]/g, escapeCharacter);
}
