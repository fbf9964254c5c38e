/** A duration for people: `850 ms`, `1.5 s`, `10 min`, `3 h`, `2 d`. */
export function shownDuration(ms: number): string {
  const whole = Math.ceil(ms);
  const [size, unit] = UNITS_MS.find(([least]) => whole >= least) ?? [1, "ms"];
  return `${Math.round((whole / size) * 10) / 10} ${unit}`;
}

const UNITS_MS = [
  [86_400_000, "d"],
  [3_600_000, "h"],
  [60_000, "min"],
  [1000, "s"],
] as const;
