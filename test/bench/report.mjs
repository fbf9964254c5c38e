/**
 * A result as lines of text: what each contestant measured, then the ratios with their aims.
 *
 * @param {import("./pairs.mjs").ContestResult} result
 */
export function report({ title, unit, rounds, contestants, ratios, leftOut }) {
  const head = line([`${title} (${rounds} rounds)`, unit, "q1", "q3", "peak MiB"]);
  const measured = contestants.map(({ name, median, q1, q3, peakMiB = "" }) =>
    line([`  ${name}`, ...[median, q1, q3].map(short), String(peakMiB)]),
  );
  const compared = ratios.map(({ of, to, median, q1, q3, met, ...aim }) =>
    line([`  ${of} / ${to}`, ...[median, q1, q3].map(short), "", aimText(aim, met)]),
  );
  const missing = leftOut.map((what) => `  left out: ${what}`);
  return [head, ...measured, ...compared, ...missing].join("\n");
}

/** The aim of a ratio, and whether it was met. */
export function aimText(
  /** @type {import("./pairs.mjs").Aim} */ { atMost, atLeast },
  /** @type {boolean | undefined} */ met,
) {
  if (met === undefined) return "";
  const aim = atMost === undefined ? `≥ ${atLeast}` : `≤ ${atMost}`;
  return `${aim} ${met ? "met" : "MISSED"}`;
}

/** Three digits that mean something. */
export function short(/** @type {number} */ value) {
  if (value >= 100) return Math.round(value).toLocaleString("en");
  return value.toFixed(value >= 10 ? 1 : 2);
}

function line(/** @type {string[]} */ [first = "", ...rest]) {
  return [first.padEnd(58), ...rest.map((cell) => cell.padStart(10))].join(" ").trimEnd();
}
