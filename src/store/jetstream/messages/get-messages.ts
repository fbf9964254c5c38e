import type { ServerConnection } from "../connection/server-connection.js";
import type { StoredMessage } from "../order-codec.js";

/** How many requests are under way at once. */
const WINDOW = 128;

/** Which messages to get, each by its number. */
export interface GetOptions {
  readonly stream: string;
  /** Messages of these subjects. */
  readonly subjects: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Gets messages one by one, as many at once as is useful. Any server of a cluster can answer, and
 * needs neither a leader nor a quorum for it; reading through a consumer is several times faster.
 *
 * @returns oldest first; newest first if `from` is after `to`.
 */
export async function* getMessages(
  server: ServerConnection,
  { stream, subjects, from, to }: GetOptions,
): AsyncGenerator<StoredMessage, void> {
  const step = from <= to ? 1 : -1;
  const wanted = subjectMatcher(subjects);
  let size = 16; // those who want few get few
  for (let begin = from; (to - begin) * step >= 0; size = Math.min(2 * size, WINDOW)) {
    const count = Math.min(size, Math.abs(to - begin) + 1);
    const seqs = Array.from({ length: count }, (_, index) => begin + step * index);
    const messages = await Promise.all(seqs.map((seq) => getMessage(server, stream, seq)));
    for (const message of messages) {
      if (message !== null && wanted(message.subject)) yield message;
    }
    begin += step * count;
  }
}

/** One message; `null` if it was deleted. */
async function getMessage(server: ServerConnection, stream: string, seq: number) {
  return server.ask("read the orders", async ({ jsm }) => {
    // A replica may not have got what the leader has acknowledged: absence is the leader's to tell.
    const near = await jsm.direct.getMessage(stream, { seq }).catch(() => null);
    return near ?? (await jsm.streams.getMessage(stream, { seq }));
  });
}

function subjectMatcher(pattern: string): (subject: string) => boolean {
  const tokens = pattern.split(".");
  return (subject) => {
    const given = subject.split(".");
    return (
      given.length === tokens.length &&
      tokens.every((token, index) => token === "*" || token === given[index])
    );
  };
}
