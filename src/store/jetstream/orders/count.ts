import { AckPolicy, DeliverPolicy } from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { OrderFilter } from "../../../domain/order.js";
import type { Place } from "../messages/get-messages.js";
import { isConsumerLimit } from "../server/failures.js";
import type { Connected, ServerConnection } from "../server/server-connection.js";
import { leaderState, streamInfo, subjectsOf } from "../server/streams.js";
import { passingName, recordSubjects } from "../server/subjects.js";

/** Counts the orders of a stream, of which the server has most of the numbers. */
export function countOrders(
  server: ServerConnection,
  { includeCancelled }: Pick<OrderFilter, "includeCancelled">,
): Promise<number> {
  const { location } = server;
  return server.ask("count the orders", async (connected) => {
    const info = await streamInfo(connected, location.stream);
    if (info === undefined) return 0;
    const { stream } = location;
    const subjects = recordSubjects(location, { event: "order-cancelled" });
    // Most often there is none, and counting leaves a consumer behind for a second.
    const newest = await Promise.all(
      subjects.map((each) => connected.jsm.streams.getMessage(stream, { last_by_subj: each })),
    );
    const hasAny = newest.some((message) => message !== null);
    const cancelled = hasAny ? await countMessages(connected, { stream, subjects }) : 0;
    const own = recordSubjects(location);
    const isShared = subjectsOf(info).some((subject) => !own.includes(subject));
    const subjectsOfOrders = recordSubjects(location, { event: "order-created" });
    const orders = isShared
      ? await countMessages(connected, { stream, subjects: subjectsOfOrders })
      : leaderState(info).messages - cancelled;
    return includeCancelled ? orders : orders - cancelled;
  });
}

/**
 * How many messages of some subjects a stream has, which holds others too; those from a number on. The server counts
 * what a consumer would deliver, and removes that within a second: to delete it would need a permission that reaches
 * to the consumers of subscriptions. Where no consumer is allowed any more, it lists the subjects instead, which
 * takes half a second for 100,000.
 */
export async function countMessages(
  { jsm }: Connected,
  { stream, subjects, from = 1 }: Place & { readonly from?: number },
): Promise<number> {
  try {
    const { num_pending } = await jsm.consumers.add(stream, {
      name: passingName(),
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: from,
      filter_subjects: [...subjects],
      ack_policy: AckPolicy.None,
      inactive_threshold: nanos(1), // to which the server adds up to a second
      mem_storage: true,
      num_replicas: 1,
    });
    return num_pending;
  } catch (error) {
    if (!isConsumerLimit(error)) throw error;
    const counts = await Promise.all(
      subjects.map(async (subject) => {
        const { state } = await jsm.streams.info(stream, { subjects_filter: subject });
        return Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0);
      }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
  }
}
