/**
 * A time as `Date.prototype.toISOString` writes it. Formatted once per millisecond: messages and orders
 * come in quick succession, and it costs more than the rest of a message.
 *
 * @param milliseconds since the epoch, of a time that exists.
 */
export function isoTime(milliseconds: number): string {
  if (latest.milliseconds !== milliseconds) {
    latest = { milliseconds, text: format(new Date(milliseconds)) };
  }
  return latest.text;
}

let latest = { milliseconds: Number.NaN, text: "" };

/** `toISOString` would do; the first call of it in a process makes V8 look up the local time zone. */
function format(time: Date): string {
  const year = time.getUTCFullYear();
  if (year < 0 || year > 9999) return time.toISOString();
  const date = `${padded(year, 4)}-${padded(time.getUTCMonth() + 1)}-${padded(time.getUTCDate())}`;
  const [hour, minute, second] = [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()];
  const clock = `${padded(hour)}:${padded(minute)}:${padded(second)}`;
  return `${date}T${clock}.${padded(time.getUTCMilliseconds(), 3)}Z`;
}

function padded(value: number, digits = 2): string {
  return String(value).padStart(digits, "0");
}

/** Whether the day of a time exists: 30 February looks like one. @param time begins as `2026-01-31`. */
export function dayExists(time: string): boolean {
  const day = time.slice(0, DAY_LENGTH);
  if (day === existingDay) return true;
  // JavaScript takes 30 February for 2 March, and 40 January for no time.
  if (new Date(day).getUTCDate() !== Number(day.slice(-2))) return false;
  existingDay = day;
  return true;
}

const DAY_LENGTH = "2026-01-31".length;
/** Mostly that of the next time too. */
let existingDay = "";
