import { escapeUnsafe } from "../../domain/printable.js";
import { OrdersError } from "../../errors.js";
import type { Io } from "../io.js";

/**
 * @param hint what to do, if it is not only about a time that was given.
 * @throws {OrdersError} `invalid-usage` if times are not in the zone of `TZ`: see {@link unknownZone}.
 */
export function refuseUnknownZone({ env }: Pick<Io, "env">, hint = TIME_HINT): void {
  const zone = unknownZone(env.TZ);
  if (zone === undefined) return;
  throw new OrdersError("invalid-usage", `unknown time zone '${zone}' in TZ`, { hint });
}

/** Says on stderr that the local times of an output will not be in the zone of `TZ`. */
export function warnOfUnknownZone({ env, stderr }: Pick<Io, "env" | "stderr">): void {
  const zone = unknownZone(env.TZ);
  if (zone === undefined) return;
  stderr.write(`unknown time zone '${escapeUnsafe(zone)}' in TZ: times may be in UTC\n`);
}

/** What to do about an unknown zone. */
export const ZONE_HINT = "set TZ to a name such as Europe/Berlin";
const TIME_HINT = `${ZONE_HINT}, or add a zone to the time: 2026-01-31T09:30Z`;
/** `EST5`, `<+03>-3`: https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap08.html */
const POSIX_ZONE = /^(?:[a-z]{3,}|<[^>]+>)[+-]?(\d+)/i;
const HOUR_AND_MINUTE = { hour: "numeric", minute: "numeric", hourCycle: "h23" } as const;

/**
 * The zone of `TZ` if local times are not in it: JavaScript takes each zone that it does not know for
 * UTC, and says nothing.
 */
function unknownZone(tz: string | undefined): string | undefined {
  if (tz === undefined || tz.trim() === "") return undefined;
  const noons = [0, 6].map((month) => new Date(2026, month, 1, 12));
  const posix = POSIX_ZONE.exec(tz);
  if (posix !== null) {
    const isUtc = noons.every((noon) => noon.getTimezoneOffset() === 0);
    return isUtc && Number(posix[1]) !== 0 ? tz : undefined;
  }
  const name = tz.replace(/^:?(?:.*\/zoneinfo\/)?(?:posix\/)?/, "");
  if (name.startsWith("/")) return undefined; // any file may be a zone: /etc/localtime
  try {
    const format = new Intl.DateTimeFormat("en-US", { timeZone: name, ...HOUR_AND_MINUTE });
    return noons.every((noon) => format.format(noon) === "12:00") ? undefined : tz;
  } catch {
    return tz;
  }
}
