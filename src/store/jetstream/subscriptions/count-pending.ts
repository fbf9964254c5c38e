import { AckPolicy } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { Place } from "../messages/next-messages.js";
import { isConsumerLimit } from "../server/failures.js";
import type { Connected } from "../server/server-connection.js";
import { FROM_START } from "./consumer-config.js";

/**
 * How many messages of some subjects a stream has, which holds others too. The server counts what a consumer
 * would deliver, and removes that within a second: to delete it would need a permission that reaches to the
 * consumers of subscriptions. Where no consumer is allowed any more, it lists the subjects instead, which takes
 * half a second for 100,000.
 */
export async function countPending(
  { jsm }: Connected,
  { stream, subjects }: Place,
): Promise<number> {
  try {
    const { num_pending } = await jsm.consumers.add(stream, {
      ...FROM_START,
      filter_subject: subjects,
      ack_policy: AckPolicy.None,
      inactive_threshold: nanos(1), // to which the server adds up to a second
      mem_storage: true,
      num_replicas: 1,
    });
    return num_pending;
  } catch (error) {
    if (!isConsumerLimit(error)) throw error;
    const { state } = await jsm.streams.info(stream, { subjects_filter: subjects });
    return Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0);
  }
}
