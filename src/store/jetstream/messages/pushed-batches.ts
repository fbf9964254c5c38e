import { AckPolicy, DeliverPolicy } from "@nats-io/jetstream";
import { createInbox, type Msg, nanos, TimeoutError } from "@nats-io/transport-node";
import { Signal } from "../../subscription/signal.js";
import type { ServerConnection } from "../server/server-connection.js";
import { deliveryInfo } from "./delivery-info.js";
import type { Range } from "./get-messages.js";
import type { StoredMessage } from "./order-codec.js";

/** How often the server shows that it is alive: three of these of silence count as an outage. */
const HEARTBEAT_MS = 1000;

/**
 * The server may push so many messages of its own beside those that were asked for before the client has
 * told it of them; it has one to be answered at a time.
 */
const SLACK = 16;

/** Messages that came together. */
interface PushedBatch {
  readonly messages: readonly StoredMessage[];
  /** How many are to come after the last of them. */
  readonly pending: number;
}

/**
 * The messages of one consumer for as long as none falls out on the way. The server pushes them, two to three times as fast as they can be pulled; flow control
 * keeps it from pushing too many at once, and the end of the subscription from pushing what is behind the last one.
 */
export async function* pushedBatches(
  server: ServerConnection,
  { from, to, ...place }: Range,
): AsyncGenerator<PushedBatch, void> {
  const { nc, jsm } = await server.connected();
  const inbox = createInbox();
  const changed = new Signal();
  const arrived: Msg[] = [];
  let failure: Error | undefined;
  const fail = (error: Error = new TimeoutError()) => {
    failure ??= error;
    changed.notify();
  };
  const subscription = nc.subscribe(inbox, {
    callback: (error, msg) => {
      if (error) fail(error);
      else if (arrived.push(msg) === 1) changed.notify();
    },
  });
  let most = to - from + 1 + SLACK;
  subscription.unsubscribe(most);
  const stopListening = server.onStatus((status) => {
    if (status instanceof Error) fail(); // nothing will be pushed
  });
  let heard = -1;
  const silence = setInterval(() => {
    if (subscription.getReceived() === heard) fail();
    heard = subscription.getReceived();
  }, 3 * HEARTBEAT_MS);
  try {
    const consumer = await jsm.consumers.add(place.stream, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: from,
      filter_subjects: [...place.subjects],
      deliver_subject: inbox,
      flow_control: true,
      idle_heartbeat: nanos(HEARTBEAT_MS),
      inactive_threshold: nanos(10 * HEARTBEAT_MS),
      max_deliver: 1,
      mem_storage: true,
      num_replicas: 1,
    });
    let delivered = 0;
    if (consumer.num_pending === 0) yield { messages: [], pending: 0 };
    for (;;) {
      while (arrived.length === 0 && failure === undefined) await changed.wait();
      if (failure !== undefined) throw failure;
      const messages: StoredMessage[] = [];
      let pending = Number.NaN;
      for (const msg of arrived.splice(0)) {
        const info = deliveryInfo(msg);
        if (info === undefined) {
          subscription.unsubscribe(++most); // before the answer, which has the server push more
          const flow = msg.reply || msg.headers?.get("Nats-Consumer-Stalled");
          if (flow) nc.publish(flow);
        } else if (info.delivery === ++delivered) {
          messages.push({ seq: info.seq, subject: msg.subject, data: msg.data });
          pending = info.pending;
        } else {
          fail();
          break;
        }
      }
      yield { messages, pending };
    }
  } finally {
    clearInterval(silence);
    stopListening();
    subscription.unsubscribe();
  }
}
