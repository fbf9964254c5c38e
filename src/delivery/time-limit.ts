import type { Middleware } from "./handler.js";

/** Has an attempt given up that takes longer; it failed, whatever comes of it then. */
export function timeLimit(ms: number, reason: string): Middleware {
  return (next) => async (delivery, signal) => {
    const limit = new AbortController();
    const timer = setTimeout(() => limit.abort(new Error(reason)), ms);
    try {
      await next(delivery, AbortSignal.any([signal, limit.signal]));
    } catch (error) {
      limit.signal.throwIfAborted();
      throw error;
    } finally {
      clearTimeout(timer);
    }
    limit.signal.throwIfAborted();
  };
}
