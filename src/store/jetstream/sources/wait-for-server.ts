import { isTransient } from "../errors.js";

/** Repeats a task while there is no server that answers: a subscriber waits for as long as that takes. */
export async function waitForServer<T>(
  task: () => Promise<T>,
  signal: AbortSignal | undefined,
): Promise<T> {
  for (;;) {
    try {
      return await task();
    } catch (error) {
      if (signal?.aborted || !isTransient((error as Error).cause)) throw error;
    }
  }
}
