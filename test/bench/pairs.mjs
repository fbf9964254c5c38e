import { performance } from "node:perf_hooks";

/**
 * Runs all contestants in turns, one of each in a round, and compares what the rounds measured. Machines
 * differ and are noisy, ratios of neighbours less so.
 *
 * @param {Contest} contest
 * @param {Effort} effort
 * @returns {Promise<ContestResult>}
 */
export async function compare({ title, unit, contestants, ratios = [] }, { pairs, seconds }) {
  const leftOut = contestants.flatMap(({ name, missing }) =>
    missing === undefined ? [] : [`${name}: ${missing}`],
  );
  const running = contestants.filter(({ missing }) => missing === undefined);
  const peaks = new Map();
  for (const { name, run, peak } of running) peaks.set(name, await (peak ?? run)()); // the warm-up
  /** @type {Map<string, number[]>} */
  const measured = new Map(running.map(({ name }) => [name, []]));
  const end = performance.now() + seconds * 1000;
  let rounds = 0;
  while (rounds < pairs && (rounds < FEWEST_ROUNDS || performance.now() < end)) {
    // Every other round the other way round: who comes second finds the machine warm, or busy.
    for (const { name, run } of rounds % 2 === 0 ? running : running.toReversed())
      measured.get(name)?.push(await run());
    rounds++;
  }
  return {
    title,
    unit,
    rounds,
    contestants: running.map(({ name, peak }) => ({
      name,
      ...spread(measured.get(name) ?? []),
      ...(peak && peaks.get(name) && { peakMiB: peaks.get(name) }),
    })),
    ratios: ratios.flatMap(({ of, to, ...aim }) => {
      const [own, other] = [measured.get(of), measured.get(to)];
      if (own === undefined || other === undefined) return [];
      const ratio = spread(own.map((value, round) => value / (other[round] ?? Number.NaN)));
      return [{ of, to, ...aim, ...ratio, ...metBy(ratio.median, aim) }];
    }),
    leftOut,
  };
}

/** With fewer there are no quartiles. */
const FEWEST_ROUNDS = 5;

/**
 * Median and quartiles.
 *
 * @param {readonly number[]} numbers
 */
function spread(numbers) {
  const sorted = numbers.toSorted((one, other) => one - other);
  /** Between two neighbours if the place is between them. */
  const at = (/** @type {number} */ part) => {
    const place = part * (sorted.length - 1);
    const [low, high] = [sorted[Math.floor(place)] ?? NaN, sorted[Math.ceil(place)] ?? NaN];
    return Number((low + (high - low) * (place % 1)).toPrecision(4));
  };
  return { median: at(0.5), q1: at(0.25), q3: at(0.75) };
}

/** @param {number} ratio @param {Aim} aim */
function metBy(ratio, { atMost, atLeast }) {
  if (atMost === undefined && atLeast === undefined) return {};
  return { met: ratio <= (atMost ?? Infinity) && ratio >= (atLeast ?? 0) };
}

/**
 * What is compared with each other.
 *
 * @typedef {object} Contest
 * @property {string} title
 * @property {string} unit of what `run` gives.
 * @property {readonly Contestant[]} contestants
 * @property {readonly (Pair & Aim)[]} [ratios]
 *
 * @typedef {object} Contestant
 * @property {string} name
 * @property {() => number | Promise<number>} run runs once.
 * @property {() => number | undefined} [peak] runs once; its peak memory in MiB, if that can be known.
 * @property {string | undefined} [missing] why it cannot run here.
 *
 * @typedef {object} Pair
 * @property {string} of
 * @property {string} to
 *
 * @typedef {object} Aim
 * @property {number} [atMost] what the ratio should be at most.
 * @property {number} [atLeast]
 *
 * @typedef {object} Spread
 * @property {number} median
 * @property {number} q1
 * @property {number} q3
 *
 * @typedef {object} Effort
 * @property {number} pairs the most rounds of a contest.
 * @property {number} seconds after which no further round begins, but for the fewest.
 *
 * @typedef {object} ContestResult
 * @property {string} title
 * @property {string} unit
 * @property {number} rounds
 * @property {readonly ({ name: string, peakMiB?: number } & Spread)[]} contestants
 * @property {readonly (Pair & Aim & Spread & { met?: boolean })[]} ratios
 * @property {readonly string[]} leftOut
 */
