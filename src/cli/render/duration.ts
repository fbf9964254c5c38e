const UNITS = [
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
] as const;

/** A duration of some milliseconds as people say it: `850 ms`, `1.5 s`, `10 min`, `48 h`. */
export function shownDuration(ms: number): string {
  const whole = Math.ceil(ms);
  const [size, unit] = UNITS.find(([least]) => whole >= least) ?? [1, "ms"];
  return `${Math.round((whole / size) * 10) / 10} ${unit}`;
}
