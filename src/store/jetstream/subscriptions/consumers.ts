import { setTimeout as pause } from "node:timers/promises";
import { AckPolicy, type ConsumerInfo, DeliverPolicy, JetStreamApiCodes } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { apiCode, isConsumerLimit } from "../server/failures.js";
import type { ServerConnection } from "../server/server-connection.js";

/**
 * After this long without a sign of life from its subscriber, an order in flight is delivered to
 * another. A subscriber that is alive gives one three times as often.
 */
export const ACK_WAIT_MS = 15_000;

/** Longer than the server keeps the consumer that it counts with. */
const COUNTED_MS = 1500;

/** A consumer of the server. */
export interface Consumer {
  readonly stream: string;
  readonly name: string;
  readonly subjects: readonly string[];
  /** The server removes it when it has been unused for so long; never unless given. */
  readonly inactiveAfterMs?: number;
}

/** The state of a consumer; `undefined`: there is none. */
export function infoOf(
  server: ServerConnection,
  { stream, name }: Consumer,
): Promise<ConsumerInfo | undefined> {
  return server.ask("read the feed", ({ jsm }) =>
    jsm.consumers.info(stream, name).catch(unlessMissing),
  );
}

/** Creates a consumer that begins with a number in the stream. To add one that exists would change it, or fail. */
export async function createConsumer(
  server: ServerConnection,
  consumer: Consumer,
  fromSeq: number,
): Promise<void> {
  const { stream, name, subjects, inactiveAfterMs } = consumer;
  if ((await infoOf(server, consumer)) !== undefined) return;
  await server.ask("subscribe", async ({ jsm }) => {
    const add = () =>
      jsm.consumers.add(stream, {
        deliver_policy: DeliverPolicy.StartSequence,
        opt_start_seq: fromSeq,
        filter_subjects: [...subjects],
        ack_policy: AckPolicy.Explicit,
        ack_wait: nanos(ACK_WAIT_MS),
        max_deliver: -1,
        max_ack_pending: 10_000,
        ...(inactiveAfterMs === undefined
          ? { durable_name: name }
          : { name, inactive_threshold: nanos(inactiveAfterMs) }),
      });
    await add().catch(async (error) => {
      if (!isConsumerLimit(error)) throw error;
      await pause(COUNTED_MS); // what counted the orders may have been one too many
      await add();
    });
  });
}

/** Removes a consumer if there is one. One without a leader would not answer what it is: so that is not asked. */
export async function removeConsumer(
  server: ServerConnection,
  { stream, name }: Consumer,
): Promise<void> {
  await server.ask("remove the subscription", ({ jsm }) =>
    jsm.consumers.delete(stream, name).catch(unlessMissing),
  );
}

function unlessMissing(error: unknown): undefined {
  const missing = [JetStreamApiCodes.ConsumerNotFound, JetStreamApiCodes.StreamNotFound];
  if (!missing.some((each) => each === apiCode(error))) throw error;
}
