import { JetStreamApiError } from "@nats-io/jetstream";
import { PermissionViolationError, RequestError } from "@nats-io/transport-node";

/** The code with which JetStream answered, if it did. */
export function apiCode(error: unknown): number | undefined {
  if (error instanceof JetStreamApiError) return error.code;
  const cause = causeOf(error); // where JetStream is off for the account
  return cause instanceof JetStreamApiError ? cause.code : undefined;
}

/** Whether nobody received the request: JetStream is off, or there is no stream or leader at the moment. */
export function isNoResponders(error: unknown): boolean {
  const cause = causeOf(error);
  return cause instanceof RequestError && cause.isNoResponders();
}

/** Whether the stream or its account has as many consumers as it may. */
export function isConsumerLimit(error: unknown): boolean {
  return apiCode(error) === MAX_CONSUMERS;
}

const MAX_CONSUMERS = 10026;

/** The connection or the server is in a state in which requests have to wait. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
  /** Whether the request may have been carried out nevertheless. */
  readonly outcomeUnknown: boolean;

  constructor(message: string, { outcomeUnknown = false } = {}) {
    super(message);
    this.outcomeUnknown = outcomeUnknown;
  }
}

/** The server, or the whole cluster, runs without JetStream. */
export class JetStreamOff extends Error {
  override readonly name = "JetStreamOff";
}

/** The server would forget orders to keep to the size limit of their stream: see `refusesWhenFull`. */
export class WouldForget extends Error {
  override readonly name = "WouldForget";

  constructor(stream: string, version: string) {
    super(
      `stream ${stream} has a size limit, at which nats-server ${version} forgets the oldest orders`,
    );
  }
}

/** The violation of a permission that is the error or its cause, if there is one. */
export function permissionViolation(error: unknown): PermissionViolationError | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof PermissionViolationError) return each;
  }
  return undefined;
}

/** Whether the server refuses a subscription, of which the client otherwise says nothing. */
export function isSubscriptionLimit({ message }: Error): boolean {
  return message.includes("maximum subscriptions exceeded");
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
