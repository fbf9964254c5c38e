/**
 * A chart with logarithmic axes, as SVG. It has its own background, so that it is legible on any page,
 * and follows the reader's choice of light or dark.
 *
 * @param {{ title: string, x: Axis, y: Axis, series: readonly Series[] }} chart
 */
export function chart({ title, x, y, series }) {
  const points = series.flatMap((one) => one.points);
  const [columns, rows] = [decades(points.map(([x]) => x)), decades(points.map(([, y]) => y))];
  const toX = (/** @type {number} */ value) => PLOT.left + PLOT.width * part(value, columns);
  const toY = (/** @type {number} */ value) => PLOT.bottom - PLOT.height * part(value, rows);
  const end = PLOT.left + PLOT.width;
  const grid = [
    ...columns.flatMap((tick) => [
      `<path class="grid" d="M${px(toX(tick))} ${PLOT.bottom}V${PLOT.bottom - PLOT.height}"/>`,
      text(toX(tick), PLOT.bottom + 20, x.label(tick), "middle"),
    ]),
    ...rows.flatMap((tick) => [
      `<path class="grid" d="M${PLOT.left} ${px(toY(tick))}H${end}"/>`,
      text(PLOT.left - 8, toY(tick) + 4, y.label(tick), "end"),
    ]),
  ];
  const places = apart(series.map(({ points }) => toY(points.at(-1)?.[1] ?? 1)));
  const lines = series.flatMap(({ name, points }, index) => {
    const colour = COLOURS[index % COLOURS.length];
    const place = px(places[index] ?? 0);
    const corners = points.map(([size, value]) => `${px(toX(size))} ${px(toY(value))}`);
    const leader = `L${end + 22} ${place}H${end + 30}`;
    return [
      `<path d="M${corners.join("L")}" stroke="${colour}" stroke-width="2"/>`,
      `<path d="M${corners.at(-1)}${leader}" stroke="${colour}"/>`,
      text(end + 35, place + 4, name, "start"),
    ];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img">
<title>${escaped(title)}</title>
<style>
text { font: 13px sans-serif; fill: #1f2328 }
path { fill: none; stroke-linejoin: round }
.page { fill: #ffffff }
.grid { stroke: #d8dee4 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.page { fill: #0d1117 }
.grid { stroke: #30363d }
}
</style>
<rect class="page" width="${WIDTH}" height="${HEIGHT}"/>
${[text(PLOT.left, 24, title, "start"), ...grid, ...lines].join("\n")}
</svg>
`;
}

const WIDTH = 800;
const HEIGHT = 460;
const PLOT = { left: 70, bottom: 420, width: 530, height: 375 };
/** Each is seen on white and on black. */
const COLOURS = [
  ...["#e5534b", "#b083f0", "#c69026", "#539bf5", "#2da44e"],
  ...["#e0823d", "#e275ad", "#768390", "#1b9aaa", "#8a7f2b"],
];
/** Between two labels. */
const GAP = 17;

/** The powers of ten from below the least of the values to above the greatest. */
function decades(/** @type {readonly number[]} */ values) {
  const first = Math.floor(Math.log10(Math.min(...values)));
  const last = Math.ceil(Math.log10(Math.max(...values)));
  return Array.from({ length: last - first + 1 }, (_, index) => 10 ** (first + index));
}

/** Where a value is between the first and the last of these, on a logarithmic scale: 0 to 1. */
function part(/** @type {number} */ value, /** @type {readonly number[]} */ scale) {
  const [from = 1, to = 10] = [scale[0], scale.at(-1)];
  return Math.log(value / from) / Math.log(to / from);
}

/** Moves labels apart that would overlap: each as little down as can be, or up at the bottom. */
function apart(/** @type {readonly number[]} */ places) {
  const order = [...places.keys()].sort((one, other) => (places[one] ?? 0) - (places[other] ?? 0));
  const moved = [...places];
  let above = Number.NEGATIVE_INFINITY;
  for (const index of order) {
    above = Math.max(moved[index] ?? 0, above + GAP);
    moved[index] = above;
  }
  let below = PLOT.bottom + GAP;
  for (const index of order.toReversed()) {
    below = Math.min(moved[index] ?? 0, below - GAP);
    moved[index] = below;
  }
  return moved;
}

function text(
  /** @type {number} */ x,
  /** @type {number} */ y,
  /** @type {string} */ content,
  /** @type {string} */ anchor,
) {
  return `<text x="${px(x)}" y="${px(y)}" text-anchor="${anchor}">${escaped(content)}</text>`;
}

/** A tenth of a pixel is enough. */
function px(/** @type {number} */ value) {
  return Math.round(value * 10) / 10;
}

function escaped(/** @type {string} */ content) {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

/**
 * @typedef {object} Axis
 * @property {(tick: number) => string} label of a power of ten.
 *
 * @typedef {object} Series
 * @property {string} name
 * @property {readonly (readonly [number, number])[]} points from left to right.
 */
