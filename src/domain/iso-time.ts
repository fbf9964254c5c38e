/**
 * A time as `Date.prototype.toISOString` writes it. Formatted once per millisecond: messages and orders
 * come in quick succession, and it costs more than the rest of a message.
 *
 * @param milliseconds since the epoch, of a time that exists.
 */
export function isoTime(milliseconds: number): string {
  if (latest.milliseconds !== milliseconds) {
    latest = { milliseconds, text: new Date(milliseconds).toISOString() };
  }
  return latest.text;
}

let latest = { milliseconds: Number.NaN, text: "" };
