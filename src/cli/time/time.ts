/** A time in the local zone, to the minute: `2026-01-31 09:30`. */
export function shortTime(iso: string): string {
  const date = new Date(iso);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(pad).join("-");
  return `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}`;
}

/** A time in the local zone, to the second and with its offset: `2026-01-31 09:30:00 +01:00`. */
export function longTime(iso: string): string {
  const date = new Date(iso);
  const east = -date.getTimezoneOffset(); // minutes; JavaScript counts west
  const [hours, minutes] = [Math.trunc(Math.abs(east) / 60), Math.abs(east) % 60].map(pad);
  return `${shortTime(iso)}:${pad(date.getSeconds())} ${east < 0 ? "-" : "+"}${hours}:${minutes}`;
}

function pad(number: number): string {
  return String(number).padStart(2, "0");
}
