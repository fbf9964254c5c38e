import { v4 as uuid } from "uuid";

/**
 * One thing said on the bus: a command (please do) or an event (this happened).
 *
 * Messages are plain data: they can be written as JSON and read back unchanged.
 */
export interface Message<Topic extends string = string, Payload = unknown> {
  /** The kebab-case name of this kind of message; also its subject on a broker. */
  readonly topic: Topic;
  /** Unique: a UUID v4 of the process that said it, a dash, and how many it had said by then. */
  readonly id: string;
  /** Shared by everything that follows from one cause: the id of the first message of the chain. */
  readonly correlationId: string;
  /** The id of the message whose handler said this one; `null` for the first of a chain. */
  readonly causationId: string | null;
  /** When it was said: ISO 8601, UTC, milliseconds. */
  readonly occurredAt: string;
  /** What it says. */
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
let said = 0;

/** A UUID for each message would cost as much as all the rest of it; one a process will do. */
function nextId(): string {
  processId ??= uuid();
  return `${processId}-${++said}`;
}

let latest = { milliseconds: Number.NaN, text: "" };

/** Writing a date costs more than all the rest of a message, so it is done once a millisecond. */
function timestamp(milliseconds: number): string {
  if (latest.milliseconds !== milliseconds) {
    latest = { milliseconds, text: new Date(milliseconds).toISOString() };
  }
  return latest.text;
}
