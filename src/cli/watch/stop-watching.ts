import { Stop } from "../../delivery/decisions.js";
import { OrdersError } from "../../errors.js";

/** Ends watching, for every order would fail. */
export function stopWatching(message: string, fix?: string): Stop {
  const waits = "the order is still waiting";
  const hint = fix === undefined ? waits : `${fix} and start again; ${waits}`;
  return new Stop(new OrdersError("hook-failed", message, { hint }));
}
