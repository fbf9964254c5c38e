import {
  AckPolicy,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  JetStreamApiCodes,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { Connected } from "../connection/server-connection.js";
import { apiCode } from "../errors.js";

/**
 * How long an order may be in the hand of somebody of whom nothing is heard, in milliseconds; then
 * it is handed to another. Who is alive says so more often.
 */
export const ACK_WAIT = 15_000;

/** Where a consumer begins, in the server's terms. */
export type ConsumerStart = Pick<ConsumerConfig, "deliver_policy"> & { opt_start_seq?: number };

/** The oldest message. */
export const FROM_START: ConsumerStart = { deliver_policy: DeliverPolicy.All };

/** A certain message, or the first one after it. */
export function fromSeq(seq: number): ConsumerStart {
  return { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: Math.max(1, seq) };
}

/** The name of a subscription as consumers and subjects can have it: a dot would part them. */
export function tokenOf(name: string): string {
  return name.replaceAll(".", "=");
}

/** The subscription of a consumer's name. */
export function nameOf(token: string): string {
  return token.replaceAll("=", ".");
}

/** A consumer whose messages each wait until they are acknowledged, however often that takes. */
export function explicitConsumer(
  subjects: string,
  beginning: ConsumerStart,
): Partial<ConsumerConfig> {
  return {
    ...beginning,
    filter_subject: subjects,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(ACK_WAIT),
    max_deliver: -1,
    max_ack_pending: 10_000,
  };
}

/** What the server says of a consumer; `undefined`: there is none. */
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
