import { OrdersError } from "../../../errors.js";
import type { Connected } from "./server-connection.js";
import type { ServerLocation } from "./server-location.js";
import { phrase, problemsOf } from "./stream-problems.js";
import { orderStream, streamInfo } from "./streams.js";

/**
 * Looks whether the stream of orders keeps what it acknowledges. That goes out beside the first message, so that nobody
 * waits for it.
 *
 * @param onWarning told of a stream that discards orders in time.
 * @returns why nothing is to be stored in it; `undefined`: it may be.
 */
export async function refusalOf(
  connected: Connected,
  location: ServerLocation,
  onWarning: (warning: OrdersError) => void,
): Promise<OrdersError | undefined> {
  const { stream, shown, force } = location;
  const info = force ? undefined : await streamInfo(connected, stream);
  const problems = info === undefined ? [] : problemsOf(info, orderStream(location));
  const losing = problems.filter(({ loss }) => loss !== "never");
  if (losing.length === 0) return undefined;
  const isAtOnce = losing.some(({ loss }) => loss === "at once");
  const why = `${losing.map(phrase).join(", ")}: ${shown}`;
  const message = isAtOnce
    ? `cannot store the order: stream ${stream} discards orders: ${why}`
    : `warning: stream ${stream} can lose orders: ${why}`;
  const advice = { hint: "?force in the location accepts that", remedy: "alter" } as const;
  const problem = new OrdersError("server-failed", message, advice);
  if (isAtOnce) return problem;
  onWarning(problem);
  return undefined;
}
