import { Park, Stop, TryLater } from "../../delivery/decisions.js";
import { OrdersError } from "../../errors.js";

/**
 * What a command that failed asks for by its exit code.
 * {@link https://man.freebsd.org/cgi/man.cgi?sysexits sysexits.h} has the first two.
 */
export function exitDecision(code: number | null, reason: string): Error {
  if (code === EX_TEMPFAIL) return new TryLater(reason);
  if (code === EX_DATAERR) return new Park(reason);
  if (code === STOP) return new Stop(stopped(reason));
  return new Error(reason);
}

const EX_TEMPFAIL = 75;
const EX_DATAERR = 65;
const STOP = 100;

function stopped(reason: string): OrdersError {
  return new OrdersError("hook-failed", `the command of --exec ended watching: ${reason}`, {
    hint: "the order is still waiting",
  });
}
