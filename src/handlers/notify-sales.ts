import type { NotifySales } from "../domain/commands.js";
import type { HandlerOf } from "./handler-of.js";

/** Handles NotifySales. */
export function notifySales(deps: { salesDesk: SalesDesk }): HandlerOf<"notify-sales"> {
  return async function notifySales({ payload }) {
    await deps.salesDesk(payload);
  };
}

/** Notifies the sales desk (the command line prints a banner); throws if that fails. */
export type SalesDesk = (command: NotifySales) => void | Promise<void>;
