import { spawn } from "node:child_process";
import { join } from "node:path";
import { environment, ordersCommand, ROOT } from "./run-orders.js";

const WRITER = join(ROOT, "test/support/writer.mjs");

/** A process that is killed before it ends by itself, or at least tried to be. */
export interface Victim {
  /** Resolves once it has acknowledged an order; rejects if it ends without. */
  readonly acknowledgedOne: Promise<void>;
  /** Kills it with SIGKILL; the ids of all orders that it had acknowledged by then. */
  kill(): Promise<readonly string[]>;
}

/** Starts a program that places orders without end, several at a time. */
export function startWriter(store: string): Victim {
  return startVictim(process.execPath, [WRITER], store);
}

/** Starts `orders place-order` for one order. */
export function startPlaceOrder(store: string): Victim {
  return startVictim(...ordersCommand(["place-order", "--quiet", "tv"]), store);
}

/** Waits for a random time up to `most` milliseconds: where in its work a victim is hit is chance. */
export function aRandomMoment(most: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.random() * most));
}

/** Starts a program that prints a line for each thing that it acknowledges. */
export function startVictim(program: string, args: readonly string[], store: string): Victim {
  const child = spawn(program, args, {
    env: environment(store),
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  const acknowledgedOne = new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      output += text;
      if (output.includes("\n")) resolve();
    });
    child.once("close", () => reject(new Error("it ended before it acknowledged anything")));
  });
  acknowledgedOne.catch(() => {}); // not every test waits for it
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  return {
    acknowledgedOne,
    async kill() {
      child.kill("SIGKILL");
      await closed;
      return output.split("\n").slice(0, -1);
    },
  };
}
