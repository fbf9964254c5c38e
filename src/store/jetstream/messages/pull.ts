import { createInbox, type Msg, type Nanos } from "@nats-io/transport-node";
import type { ConsumerName } from "../server/consumers.js";
import { Unavailable } from "../server/failures.js";
import type { ServerConnection } from "../server/server-connection.js";
import type { StoredMessage } from "./order-codec.js";

/** What a consumer is asked for: it answers for as long as it may wait, or with what there is. */
export type PullRequest = { readonly batch: number; readonly max_bytes?: number } & (
  | { readonly expires: Nanos; readonly idle_heartbeat?: Nanos }
  | { readonly no_wait: true }
);

/** A message as a consumer delivers it. */
export interface DeliveredMessage extends StoredMessage {
  /** How often the consumer has delivered it by now, from 1. */
  readonly deliveryCount: number;
  /** The number of this delivery among all of the consumer, from 1. */
  readonly delivery: number;
  /** Where it is acknowledged. */
  readonly ackSubject: string;
}

/** How long a server may leave a request unanswered before the connection counts as lost. */
export const SILENCE_LIMIT_MS = 3000;

/**
 * Asks a consumer for messages once, and takes them as they come, until it has sent all that it was asked for or says
 * that there are no more. The client's own `fetch` waits for a second at the least, and leaves unread what comes once
 * it is stopped.
 *
 * @param stop ends it early: what is under way by then is still taken.
 * @returns whether it answered; `false`: there is no such consumer, or it has no leader at the moment.
 * @throws {Unavailable} the server is silent, or the connection was lost meanwhile.
 */
export async function pull(
  server: ServerConnection,
  { stream, name }: ConsumerName,
  request: PullRequest,
  onMessage: (message: DeliveredMessage) => void,
  stop?: AbortSignal,
): Promise<boolean> {
  const { nc, js, patienceMs } = await server.connected();
  if (stop?.aborted) return true;
  const inbox = createInbox();
  let end = () => {};
  const answered = new Promise<boolean>((resolve, reject) => {
    let received = 0;
    const subscription = nc.subscribe(inbox, {
      callback(error, msg) {
        if (error) return reject(error);
        silence.refresh();
        if (msg.headers?.code === IDLE_HEARTBEAT) return;
        if (!msg.reply) return resolve(isEnd(msg));
        onMessage(delivered(msg));
        if (++received === request.batch) resolve(true);
      },
    });
    const silence = setTimeout(
      reject,
      Math.max(SILENCE_LIMIT_MS, 1.5 * patienceMs),
      new Unavailable("no answer"),
    );
    // A server that was restarted has forgotten the request.
    const stopListening = server.onStatus((status) =>
      reject(status instanceof Error ? status : new Unavailable("the connection was lost")),
    );
    // A server sends nothing more to where nobody listens, and what it had sent before comes before its answer.
    const drain = () => void subscription.drain().then(() => resolve(true), reject);
    stop?.addEventListener("abort", drain);
    end = () => {
      stop?.removeEventListener("abort", drain);
      subscription.unsubscribe();
      clearTimeout(silence);
      stopListening();
    };
  });
  try {
    const subject = `${js.apiPrefix}.CONSUMER.MSG.NEXT.${stream}.${name}`;
    nc.publish(subject, JSON.stringify(request), { reply: inbox });
    return await answered;
  } finally {
    end();
  }
}

const IDLE_HEARTBEAT = 100;

/** Whether the server says that there are no more; else the consumer was deleted, or has a new leader. */
function isEnd({ headers }: Msg): boolean {
  const { code = 0, description = "" } = headers ?? {};
  return code === 404 || code === 408 || /MaxBytes|Batch Completed/.test(description);
}

/**
 * What the subject for its acknowledgement says of a message:
 * `$JS.ACK.[domain.account.]stream.consumer.deliveries.seq.delivery.time.pending[.random]`.
 * {@link https://docs.nats.io/reference/reference-protocols/nats_api_reference}
 */
function delivered({ reply: ackSubject = "", subject, data }: Msg): DeliveredMessage {
  const tokens = ackSubject.split(".");
  const numbers = tokens.slice(tokens.length > 9 ? 6 : 4).map(Number);
  const [deliveryCount, seq, delivery, nanoseconds = 0] = numbers;
  const time = new Date(nanoseconds / 1e6);
  return { seq, subject, data, time, deliveryCount, delivery, ackSubject } as DeliveredMessage;
}
