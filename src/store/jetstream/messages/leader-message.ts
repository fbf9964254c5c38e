import type { MsgRequest, StoredMsg } from "@nats-io/jetstream";
import type { Connected } from "../server/server-connection.js";
import { lastSeqOf } from "../server/streams.js";
import { isCurrent, versionOf } from "../server/versions.js";

/** Streams that have messages, by the connection over which that was seen. */
const inUse = new WeakMap<Connected, Set<string>>();

/**
 * Gets a message from the leader of a stream, which knows what was acknowledged; `null`: there is none such.
 *
 * A nats-server 2.9 that is asked for a message of a stream that it is about to create exits (2.9.10 does,
 * 2.10.27 does not): it is asked only once it counts messages there.
 * {@link https://github.com/nats-io/nats-server/issues/3657 The same fault in another request}
 */
export async function leaderMessage(
  connected: Connected,
  stream: string,
  request: MsgRequest,
): Promise<StoredMsg | null> {
  if (!(await canBeAsked(connected, stream))) return null;
  return connected.jsm.streams.getMessage(stream, request);
}

async function canBeAsked(connected: Connected, stream: string): Promise<boolean> {
  if (isCurrent(versionOf(connected))) return true;
  const known = inUse.get(connected) ?? new Set();
  if (known.has(stream)) return true;
  if ((await lastSeqOf(connected, stream)) === 0) return false;
  inUse.set(connected, known.add(stream));
  return true;
}
