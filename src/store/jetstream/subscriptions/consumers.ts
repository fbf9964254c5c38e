import { setTimeout as pause } from "node:timers/promises";
import {
  AckPolicy,
  type ApiError,
  type ConsumerInfo,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { ConsumerName } from "../messages/pull.js";
import { RESPONSE_TIMEOUT_MS } from "../server/dial.js";
import { apiCode, isConsumerLimit } from "../server/failures.js";
import type { Connected } from "../server/server-connection.js";

/**
 * After this long without a sign of life from its subscriber, an order in flight is delivered to
 * another. A subscriber that is alive gives one three times as often.
 */
export const ACK_WAIT_MS = 15_000;

/** Longer than the server keeps the consumer that it counts with. */
const COUNTED_MS = 1500;
/** The JetStream API error: there is a consumer of that name with another configuration. */
const CONSUMER_EXISTS = 10148;

/** What a consumer delivers. */
export interface Delivered {
  readonly subjects: readonly string[];
  /** The number in the stream to begin with. */
  readonly from: number;
  /** The server removes it when it has been unused for so long; never unless given. */
  readonly inactiveAfterMs?: number;
}

/** The names of all consumers of a stream: also of those that have no leader, and would not answer what they are. */
export async function consumerNames({ nc, js }: Connected, stream: string): Promise<string[]> {
  const subject = `${js.apiPrefix}.CONSUMER.NAMES.${stream}`; // the client has no method for it
  const names: string[] = [];
  for (;;) {
    const page = JSON.stringify({ offset: names.length });
    const answer = await nc.request(subject, page, { timeout: RESPONSE_TIMEOUT_MS });
    const { error, total = 0, consumers } = answer.json<NamesAnswer>();
    if (error?.err_code === JetStreamApiCodes.StreamNotFound) return [];
    if (error !== undefined) throw new JetStreamApiError(error);
    names.push(...(consumers ?? []));
    if (!consumers?.length || names.length >= total) return names;
  }
}

interface NamesAnswer {
  readonly error?: ApiError;
  readonly total?: number;
  readonly consumers?: readonly string[] | null;
}

/** The state of a consumer; `undefined`: there is none. */
export function infoOf(
  { jsm }: Connected,
  { stream, name }: ConsumerName,
): Promise<ConsumerInfo | undefined> {
  return jsm.consumers.info(stream, name).catch(unlessMissing);
}

/** Creates a consumer. One of its name is left as it is: somebody else created it at the same time. */
export async function createConsumer(
  { jsm }: Connected,
  { stream, name }: ConsumerName,
  { subjects, from, inactiveAfterMs }: Delivered,
): Promise<void> {
  const add = () =>
    jsm.consumers.add(stream, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: from,
      filter_subjects: [...subjects],
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ACK_WAIT_MS),
      max_deliver: -1,
      max_ack_pending: 10_000,
      ...(inactiveAfterMs === undefined
        ? { durable_name: name }
        : { name, inactive_threshold: nanos(inactiveAfterMs) }),
    });
  try {
    await add();
  } catch (error) {
    if (apiCode(error) === CONSUMER_EXISTS) return;
    if (!isConsumerLimit(error)) throw error;
    await pause(COUNTED_MS); // what counted the orders may have been one too many
    await add();
  }
}

/** Removes a consumer if there is one. One without a leader would not answer what it is: so that is not asked. */
export async function removeConsumer(
  { jsm }: Connected,
  { stream, name }: ConsumerName,
): Promise<void> {
  await jsm.consumers.delete(stream, name).catch(unlessMissing);
}

function unlessMissing(error: unknown): undefined {
  const missing = [JetStreamApiCodes.ConsumerNotFound, JetStreamApiCodes.StreamNotFound];
  if (!missing.some((each) => each === apiCode(error))) throw error;
}
