/** The local day of a time. */
export function localDayOf(time: Date): LocalDay {
  const [year, month, day] = [time.getFullYear(), time.getMonth(), time.getDate()];
  return {
    number: new Date(0).setUTCFullYear(year, month, day) / DAY_MS,
    first: localMidnight(year, month, day),
    next: localMidnight(year, month, day + 1),
  };
}

/** A day of the local calendar, which has 23 or 25 hours where clocks are changed. */
export interface LocalDay {
  /** Days since 1970-01-01: the next day has the next number. */
  readonly number: number;
  /** When it begins. */
  readonly first: Date;
  /** When the next day begins. */
  readonly next: Date;
}

/** When a day begins in the local zone; days beyond the end of a month are those of the next. */
export function localMidnight(year: number, month: number, day: number): Date {
  const date = new Date(2000, 0, 1);
  date.setFullYear(year, month, day); // the constructor takes year 50 for 1950
  return date;
}

/** The date of a day, from its number: `2026-01-31`. */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().replace(/T.*/, "");
}

/** The number of the Monday with which the week of a day begins, as in ISO 8601. */
export function mondayOf(day: number): number {
  return day - ((((day - A_MONDAY) % 7) + 7) % 7);
}

const DAY_MS = 86_400_000;
/** 1970-01-05. */
const A_MONDAY = 4;
