import { setTimeout } from "node:timers/promises";

/** Waits for a condition. The test's own timeout ends a wait that is in vain. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await setTimeout(20);
}
