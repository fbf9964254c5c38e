import type { NotifySales } from "../domain/commands.js";
import type { HandlerOf } from "./handler-of.js";

/** Reaches the sales desk: on the command line it prints a banner. Failing, it throws. */
export type SalesDesk = (told: NotifySales) => void | Promise<void>;

/** Tells the sales desk. */
export function notifySales(deps: { salesDesk: SalesDesk }): HandlerOf<"notify-sales"> {
  return async function notifySales({ payload }) {
    await deps.salesDesk(payload);
  };
}
