import { JetStreamApiError, type PubAck } from "@nats-io/jetstream";
import {
  createInbox,
  type Msg,
  type MsgHdrs,
  NoRespondersError,
  RequestError,
  TimeoutError,
} from "@nats-io/transport-node";
import { Unavailable } from "../server/failures.js";
import type { Connected, ServerConnection } from "../server/server-connection.js";

/**
 * Publishes many messages at once, which are all acknowledged to one inbox. The client's own way makes two promises, a
 * timer and an error with its stack for each, which takes longer than sending it.
 */
export class Replies {
  readonly nc: Connected["nc"];
  readonly #inbox = createInbox();
  readonly #waiting = new Map<string, Waiting>();
  #next = 0;

  constructor(server: ServerConnection, { nc }: Connected) {
    this.nc = nc;
    nc.subscribe(`${this.#inbox}.*`, { callback: (_, msg) => this.#take(msg) });
    const stopListening = server.onStatus((status) => {
      if (status === "online") return;
      const lost = new Unavailable("the connection was lost", { outcomeUnknown: true });
      for (const waiting of this.#waiting.values()) {
        waiting.fail(status === "offline" ? lost : status);
      }
      if (nc.isClosed()) stopListening();
    });
  }

  /**
   * Does what the client's `publish` does.
   *
   * @param options `timeout`: how long the acknowledgement may take, in milliseconds.
   */
  async publish(
    subject: string,
    body: string,
    { headers, timeout }: { readonly headers: MsgHdrs; readonly timeout: number },
  ): Promise<PubAck> {
    const token = String(this.#next++);
    try {
      const msg = await new Promise<Msg>((take, fail) => {
        const timer = setTimeout(() => fail(new TimeoutError()), timeout);
        this.#waiting.set(token, { take, fail, timer });
        this.nc.publish(subject, body, { headers, reply: `${this.#inbox}.${token}` });
      });
      if (msg.data.length === 0 && msg.headers?.code === 503) {
        const cause = new NoRespondersError(subject);
        throw new RequestError(cause.message, { cause });
      }
      const { error, ...ack } = msg.json<PubAck & { error?: never }>();
      if (error !== undefined) throw new JetStreamApiError(error);
      return ack as PubAck;
    } finally {
      clearTimeout(this.#waiting.get(token)?.timer);
      this.#waiting.delete(token);
    }
  }

  #take(msg: Msg): void {
    this.#waiting.get(msg.subject.slice(this.#inbox.length + 1))?.take(msg);
  }
}

interface Waiting {
  readonly take: (msg: Msg) => void;
  readonly fail: (error: Error) => void;
  readonly timer: NodeJS.Timeout;
}
