/** A duration for people: `850 ms`, `1.5 s`, `10 min`, `48 h`. */
export function shownDuration(ms: number): string {
  const whole = Math.ceil(ms);
  const [size, unit] = UNITS_MS.find(([least]) => whole >= least) ?? [1, "ms"];
  return `${Math.round((whole / size) * 10) / 10} ${unit}`;
}

const UNITS_MS = [
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
] as const;
