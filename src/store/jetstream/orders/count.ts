import { listsClosed } from "../../../domain/closing.js";
import type { OrderFilter } from "../../../domain/order.js";
import { getMessage, type Place } from "../messages/get-messages.js";
import { addPassing } from "../server/consumers.js";
import type { Connected, ServerConnection } from "../server/server-connection.js";
import { isMissingStream, isShared, stateOf, streamInfo } from "../server/streams.js";
import { recordSubjects } from "../server/subjects.js";
import type { OrdersReader } from "./orders-reader.js";

/** Counts the orders of a stream. How each was closed the server does not count: that is read. */
export async function countOrders(
  server: ServerConnection,
  reader: OrdersReader,
  filter: OrderFilter,
): Promise<number> {
  const { orders, closed } = await countRecords(server);
  if (closed === 0 || filter.state === "any") return listsClosed(filter, undefined) ? orders : 0;
  const open = listsClosed(filter, undefined) ? orders - closed : 0;
  return filter.state === "open" ? open : open + (await reader.closings(1)).count(filter);
}

/** How many orders and closings a stream has, as the server knows. */
function countRecords(server: ServerConnection): Promise<Records> {
  const { location } = server;
  const { stream } = location;
  return server.ask("count the orders", async (connected) => {
    const count = (subjects: readonly string[]) => countMessages(connected, { stream, subjects });
    const subjects = recordSubjects(location, { kind: "closing" });
    // Most often there is none, and counting leaves a consumer behind for a second.
    const [info, ...newest] = await Promise.all([
      streamInfo(connected, stream),
      ...subjects.map((each) => getMessage(connected, stream, { last_by_subj: each })),
    ]);
    if (info === undefined) return { orders: 0, closed: 0 };
    const closed = newest.some((message) => message !== null) ? await count(subjects) : 0;
    const orders = isShared(info, location)
      ? await count(recordSubjects(location, { kind: "order" }))
      : stateOf(info).messages - closed;
    return { orders, closed };
  });
}

interface Records {
  readonly orders: number;
  readonly closed: number;
}

/**
 * How many messages of some subjects a stream has, those from a number on; none if there is no stream. The server counts
 * what a consumer would deliver.
 */
export async function countMessages(
  connected: Connected,
  { stream, subjects, from = 1 }: Place & { readonly from?: number },
): Promise<number> {
  try {
    return (await addPassing(connected, stream, { subjects, from })).num_pending;
  } catch (error) {
    if (isMissingStream(error)) return 0;
    throw error;
  }
}
