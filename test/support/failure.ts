import { join } from "node:path";

/**
 * What a process that failed must leave: nothing on stdout, and on stderr one line and its hint.
 * `what` could not be done in the store, for a reason: "store the order: permission denied".
 */
export function failure(what: string, store: string, hint?: string) {
  const file = join(store, "orders.jsonl");
  const stderr = `orders: cannot ${what}: ${file}\n${hint ? `  ${hint}\n` : ""}`;
  return { exitCode: 1, stdout: "", stderr };
}
