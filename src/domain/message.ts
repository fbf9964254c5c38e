import { v4 as uuid } from "uuid";

/**
 * A command, which asks for something, or an event, which says what happened.
 *
 * Messages are plain data: they can be written as JSON and read back unchanged.
 */
export interface Message<Topic extends string = string, Payload = unknown> {
  /** The kebab-case name of this kind of message; also its subject on a broker. */
  readonly topic: Topic;
  /** Unique: a UUID v4 of the process that made it, a dash, and a number that counts up. */
  readonly id: string;
  /** Shared by everything that follows from one cause: the id of the first message of the chain. */
  readonly correlationId: string;
  /** The id of the message whose handler sent this one; `null` for the first of a chain. */
  readonly causationId: string | null;
  /** When it was made: ISO 8601, UTC, milliseconds. */
  readonly occurredAt: string;
  readonly payload: Payload;
}

/** Makes a message, as a consequence of `cause` when there is one. */
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
    occurredAt: timestamp(Date.now()),
    payload,
  };
}

let processId: string | undefined;
let made = 0;

/** One UUID a process: one for each message would cost as much as the rest of it together. */
function nextId(): string {
  processId ??= uuid();
  return `${processId}-${++made}`;
}

let latest = { milliseconds: Number.NaN, text: "" };

/** Formatted once a millisecond: it costs more than the rest of a message together. */
function timestamp(milliseconds: number): string {
  if (latest.milliseconds !== milliseconds) {
    latest = { milliseconds, text: new Date(milliseconds).toISOString() };
  }
  return latest.text;
}
