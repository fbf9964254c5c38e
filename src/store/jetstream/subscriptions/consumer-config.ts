import {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  JetStreamApiCodes,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import { apiCode } from "../server/failures.js";
import type { Connected } from "../server/server-connection.js";

/**
 * After this long without a sign of life from its subscriber, an order in flight is delivered to
 * another. A subscriber that is alive gives one three times as often.
 */
export const ACK_WAIT_MS = 15_000;

/** Where a consumer begins. */
export type DeliverFrom = Pick<ConsumerConfig, "deliver_policy"> & { opt_start_seq?: number };

/** With the oldest message. */
export const FROM_START: DeliverFrom = { deliver_policy: DeliverPolicy.All };

/** With a certain message, or the first one after it. */
export function fromSeq(seq: number): DeliverFrom {
  return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: Math.max(1, seq) };
}

/** A consumer whose messages each wait until they are acknowledged, however often that takes. */
export function explicitConsumer(subjects: string, from: DeliverFrom): Partial<ConsumerConfig> {
  return {
    ...from,
    filter_subject: subjects,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ACK_WAIT_MS),
    max_deliver: -1,
    max_ack_pending: 10_000,
  };
}

/** The state of a consumer; `undefined`: there is none. */
export async function consumerInfo(
  { jsm }: Connected,
  stream: string,
  consumer: string,
): Promise<ConsumerInfo | undefined> {
  try {
    return await jsm.consumers.info(stream, consumer);
  } catch (error) {
    const code = apiCode(error);
    const missing = [JetStreamApiCodes.ConsumerNotFound, JetStreamApiCodes.StreamNotFound];
    if (missing.some((each) => each === code)) return undefined;
    throw error;
  }
}
