import { aimText, short } from "./report.mjs";

/** The ratios of a group as a table in Markdown: median, quartiles and aim, and what was measured. */
export function ratioTable(/** @type {readonly ContestResult[]} */ results) {
  const rows = results.flatMap(({ title, unit, rounds, contestants, ratios }) => {
    const shown = (/** @type {string} */ name) => {
      const { median = Number.NaN, peakMiB } = contestants.find((one) => one.name === name) ?? {};
      return `${short(median)} ${unit}${peakMiB === undefined ? "" : `, ${peakMiB} MiB`}`;
    };
    return ratios.map(({ of, to, median, q1, q3, met, ...aim }) => [
      title,
      `${of} / ${to}`,
      `**${short(median)}** (${short(q1)} – ${short(q3)})`,
      aimText(aim, met),
      shown(of),
      shown(to),
      String(rounds),
    ]);
  });
  const left = results.flatMap(({ leftOut }) => leftOut.map((what) => `\nLeft out: ${what}.\n`));
  const head = ["what", "ratio", "median (quartiles)", "aim", "the first", "the second", "rounds"];
  return table(head, rows) + left.join("");
}

/** What each verb costs by size, its peak memory at the largest, and its time on paper for a larger one. */
export function growthTable(
  /** @type {readonly ContestResult[]} */ results,
  /** @type {number} */ onPaper,
) {
  const sizes = results[0]?.contestants.map(({ name }) => Number(name)) ?? [];
  const head = ["verb", ...sizes.map((size) => size.toLocaleString("en")), "peak"];
  const rows = results.map((result) => {
    const times = pointsOf(result);
    const grows = last(times) >= GROWS * (times[0]?.[1] ?? 0);
    return [
      result.title,
      ...times.map(([, time]) => duration(time)),
      `${result.contestants.at(-1)?.peakMiB} MiB`,
      duration(grows ? extrapolated(times, onPaper) : last(times)),
    ];
  });
  return table([...head, `${onPaper.toLocaleString("en")}, on paper`], rows);
}

/** So many times the time at the smallest size: less is noise. */
const GROWS = 1.3;

/** The time that a verb took by size. @returns {Point[]} */
export function pointsOf(/** @type {ContestResult} */ { contestants }) {
  return contestants.map(({ name, median }) => [Number(name), median]);
}

/** The figure at the largest size. */
function last(/** @type {readonly Point[]} */ points) {
  return points.at(-1)?.[1] ?? Number.NaN;
}

/** On a line through the last two sizes. */
function extrapolated(/** @type {readonly Point[]} */ points, /** @type {number} */ size) {
  const [[x1, y1], [x2, y2]] = /** @type {[Point, Point]} */ (points.slice(-2));
  return y2 + ((y2 - y1) / (x2 - x1)) * (size - x2);
}

/** Of milliseconds. */
export function duration(/** @type {number} */ ms) {
  if (ms >= 120_000) return `${short(ms / 60_000)} min`;
  return ms >= 1000 ? `${short(ms / 1000)} s` : `${short(ms)} ms`;
}

function table(/** @type {string[]} */ head, /** @type {string[][]} */ rows) {
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  return [head, head.map(() => "---"), ...rows].map(line).join("");
}

/** @typedef {import("./pairs.mjs").ContestResult} ContestResult */
/** @typedef {[size: number, figure: number]} Point */
