import type { Delivery, FeedOptions, OrderFeed } from "../store/order-feed.js";

/**
 * Handles several deliveries at a time. Once it is to end or one has failed, no other is begun, and those that are
 * under way are waited for.
 *
 * @param jobs how many at most.
 * @throws what the first one threw that failed.
 */
export async function handleAtOnce(
  feed: OrderFeed,
  options: FeedOptions,
  jobs: number,
  handle: (delivery: Delivery) => Promise<void>,
): Promise<void> {
  const { signal, untilCaughtUp } = options;
  const running = new Set<Promise<void>>();
  const errors: unknown[] = [];
  const stopped = new AbortController();
  let isStopping = false;
  const stop = async () => {
    isStopping = true;
    await Promise.all(running);
    stopped.abort();
  };
  signal?.addEventListener("abort", stop);
  if (signal?.aborted) await stop();
  const run = async (delivery: Delivery) => {
    try {
      await handle(delivery);
    } catch (error) {
      errors.push(error);
      void stop();
      await delivery.nack().catch(() => {}); // it is settled already, or comes again later
    }
  };
  try {
    const subscription = feed.subscribe({
      ...options,
      batch: jobs,
      untilCaughtUp: untilCaughtUp && "settled",
      signal: stopped.signal,
    });
    for await (const delivery of subscription) {
      if (isStopping) {
        await stop();
        await delivery.nack({ counted: false });
        continue;
      }
      const job = run(delivery).finally(() => running.delete(job));
      running.add(job);
    }
  } finally {
    signal?.removeEventListener("abort", stop);
    await Promise.all(running);
  }
  if (errors.length > 0) throw errors[0];
}
