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

/** What each verb costs by size, its peak memory at the largest, and both on paper for a larger one. */
export function growthTable(
  /** @type {readonly ContestResult[]} */ results,
  /** @type {number} */ onPaper,
) {
  const sizes = results[0]?.contestants.map(({ name }) => Number(name)) ?? [];
  const paper = onPaper.toLocaleString("en");
  const head = ["verb", ...sizes.map((size) => size.toLocaleString("en")), "peak"];
  const rows = results.map((result) => {
    const [times, peaks] = [
      pointsOf(result),
      pointsOf(result, ({ peakMiB = Number.NaN }) => peakMiB),
    ];
    const grows = last(times) >= GROWS.time * (times[0]?.[1] ?? 0);
    const peakGrows = last(peaks) >= GROWS.peak * last(peaks.slice(0, -1));
    return [
      result.title,
      ...times.map(([, time]) => duration(time)),
      `${last(peaks)} MiB`,
      duration(grows ? extrapolated(times, onPaper) : last(times)),
      memory(peakGrows ? extrapolated(peaks, onPaper) : last(peaks)),
    ];
  });
  return table([...head, `${paper}, on paper`, "peak, on paper"], rows);
}

/**
 * Less than this is noise: of a time, compared with that at the smallest size; of a peak, with that at the
 * size before, for how much a runtime leaves uncollected has a limit.
 */
const GROWS = { time: 1.3, peak: 1.7 };

/** What a verb took by size: its time unless another figure is asked for. @returns {Point[]} */
export function pointsOf(
  /** @type {ContestResult} */ { contestants },
  /** @type {(one: ContestResult["contestants"][number]) => number} */ figure = (one) => one.median,
) {
  return contestants.map((one) => [Number(one.name), figure(one)]);
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

function memory(/** @type {number} */ mib) {
  return mib >= 1024 ? `${short(mib / 1024)} GiB` : `${short(mib)} MiB`;
}

function table(/** @type {string[]} */ head, /** @type {string[][]} */ rows) {
  const line = (/** @type {string[]} */ cells) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |\n`;
  return [head, head.map(() => "---"), ...rows].map(line).join("");
}

/** @typedef {import("./pairs.mjs").ContestResult} ContestResult */
/** @typedef {[size: number, figure: number]} Point */
