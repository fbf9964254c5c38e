import { isoTime } from "./iso-time.js";
import { newId } from "./new-id.js";

/**
 * A command, which asks for something, or an event, which says what happened. Messages are plain data:
 * they survive serialisation as JSON unchanged.
 */
export interface Message<Topic extends string = string, Payload = unknown> {
  /** The kebab-case name of the message type; also its subject on a broker. */
  readonly topic: Topic;
  /** Unique: a UUID v4 of the process that created it, a dash and a counter. */
  readonly id: string;
  /** The id of the first message of the chain; all messages of a chain share it. */
  readonly correlationId: string;
  /** The id of the message whose handler sent this one; `null` for the first of a chain. */
  readonly causationId: string | null;
  /** When it was created: ISO 8601, UTC, milliseconds. */
  readonly occurredAt: string;
  readonly payload: Payload;
}

/** Creates a message; with a `cause`, as the next one of its chain. */
export function createMessage<Topic extends string, Payload>(
  topic: Topic,
  payload: Payload,
  cause?: Message,
): Message<Topic, Payload> {
  const id = nextId();
  return {
    topic,
    id,
    correlationId: cause?.correlationId ?? id,
    causationId: cause?.id ?? null,
    occurredAt: isoTime(Date.now()),
    payload,
  };
}

let processId: string | undefined;
let created = 0;

/** One UUID per process: a new one would double the cost of a message. */
function nextId(): string {
  processId ??= newId();
  return `${processId}-${++created}`;
}
