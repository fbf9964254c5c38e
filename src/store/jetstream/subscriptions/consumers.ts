import { setTimeout as pause } from "node:timers/promises";
import {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  JetStreamApiCodes,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { apiCode, isConsumerLimit } from "../server/failures.js";
import type { Connected, ServerConnection } from "../server/server-connection.js";

/**
 * After this long without a sign of life from its subscriber, an order in flight is delivered to
 * another. A subscriber that is alive gives one three times as often.
 */
export const ACK_WAIT_MS = 15_000;

/** Longer than the server keeps the consumer that it counts with. */
const COUNTED_MS = 1500;

/** A consumer of the server: a subscription's orders, or its requested retries. */
export interface Consumer {
  readonly stream: string;
  readonly name: string;
  readonly subjects: readonly string[];
  /** `undefined`: it is durable; else the server removes it when it has been unused for so long. */
  readonly inactiveAfterMs?: number;
}

/** The state of a consumer; `undefined`: there is none. */
export function infoOf(
  server: ServerConnection,
  consumer: Consumer,
): Promise<ConsumerInfo | undefined> {
  return server.ask("read the feed", (connected) => consumerInfo(connected, consumer));
}

/** The same in one attempt. */
export async function consumerInfo(
  { jsm }: Connected,
  { stream, name }: Consumer,
): Promise<ConsumerInfo | undefined> {
  try {
    return await jsm.consumers.info(stream, name);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Creates a consumer that begins with a number in the stream. To add one that exists would change it, or fail. */
export async function createConsumer(
  server: ServerConnection,
  consumer: Consumer,
  fromSeq: number,
): Promise<void> {
  const { stream, name, subjects, inactiveAfterMs } = consumer;
  const config: Partial<ConsumerConfig> = {
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
  };
  await server.ask("subscribe", async (connected) => {
    if ((await consumerInfo(connected, consumer)) !== undefined) return;
    const add = () => connected.jsm.consumers.add(stream, config);
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
  await server.ask("remove the subscription", async ({ jsm }) => {
    try {
      await jsm.consumers.delete(stream, name);
    } catch (error) {
      if (!isMissing(error)) throw error;
    }
  });
}

function isMissing(error: unknown): boolean {
  const code = apiCode(error);
  return code === JetStreamApiCodes.ConsumerNotFound || code === JetStreamApiCodes.StreamNotFound;
}
