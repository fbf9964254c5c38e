import { JetStreamApiError, JetStreamError } from "@nats-io/jetstream";
import {
  AuthorizationError,
  ClosedConnectionError,
  ConnectionError,
  InvalidArgumentError,
  PermissionViolationError,
  RequestError,
  TimeoutError,
  UserAuthenticationExpiredError,
} from "@nats-io/transport-node";
import { type ErrorCode, type ErrorFacts, OrdersError } from "../../../errors.js";

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
export class JetStreamOff extends Error {}

/** The code with which JetStream answered, if it did. */
export function apiCode(error: unknown): number | undefined {
  // It is the cause where JetStream is off for the account.
  const answer = [error, causeOf(error)].find((each) => each instanceof JetStreamApiError);
  // A leader whose disk is full answers with a status only.
  return answer?.code || undefined;
}

/** Whether nobody received the request: JetStream is off, or there is no stream or leader at the moment. */
export function isNoResponders(error: unknown): boolean {
  const cause = causeOf(error);
  return cause instanceof RequestError && cause.isNoResponders();
}

/** Whether the stream or its account has as many consumers as it may. */
export function isConsumerLimit(error: unknown): boolean {
  return apiCode(error) === 10026;
}

/** Whether the server refuses a subscription, of which the client otherwise says nothing. */
export function isSubscriptionLimit({ message }: Error): boolean {
  return message.includes("maximum subscriptions exceeded");
}

/**
 * Errors of the JetStream API that pass: no leader, an id that is being stored, a cluster that is incomplete,
 * too much at once. {@link https://github.com/nats-io/nats-server/blob/main/server/errors.json All of them}
 */
const TRANSIENT_API_CODES: ReadonlySet<number> = new Set([
  10004, 10005, 10008, 10009, 10012, 10158, 10164, 10167,
]);

/** Whether the same request may succeed in a moment. */
export function isTransient(error: unknown): boolean {
  if (permissionViolation(error) !== undefined) return false;
  const code = apiCode(error);
  if (code !== undefined) return TRANSIENT_API_CODES.has(code);
  return (
    error instanceof TimeoutError ||
    error instanceof RequestError ||
    error instanceof ClosedConnectionError ||
    error instanceof Unavailable ||
    error instanceof JetStreamApiError ||
    isNoResponders(error)
  );
}

/** Whether a request that failed like this may have been carried out nevertheless. */
export function isOutcomeUnknown(error: unknown): boolean {
  // It was sent, and only its answer could not be received.
  if (permissionViolation(error)?.operation === "subscription") return true;
  if (error instanceof Unavailable) return error.outcomeUnknown;
  return isTransient(error) && apiCode(error) === undefined && !isNoResponders(error);
}

/**
 * Describes what went wrong with a server in one sentence. Any other error is an internal one and
 * is returned as it is.
 *
 * @param action completes the sentence "cannot …".
 * @param shown the location, without secrets.
 */
export function serverFailure(
  action: string,
  shown: string,
  error: unknown,
  { code, ...facts }: ServerFailureDetails = {},
): unknown {
  if (error instanceof OrdersError) return error;
  const reason = reasonOf(error);
  if (reason === undefined) return error;
  return new OrdersError(
    code ?? codeOf(error, reason),
    `cannot ${action}: ${reason.what}: ${shown}`,
    { cause: error, hint: reason.hint, remedy: reason.remedy, ...facts },
  );
}

/** What is known better than the failure tells. */
interface ServerFailureDetails extends ErrorFacts {
  readonly code?: ErrorCode;
  readonly hint?: string;
}

/** Why a request failed, and what to do about it, if known. */
interface Reason {
  readonly what: string;
  readonly hint?: string;
  readonly remedy?: ErrorFacts["remedy"];
  readonly code?: ErrorCode;
}

const FULL: Reason = {
  what: "the server is full",
  hint: "raise the storage limit of the stream, its account or the server",
  code: "server-full",
};
const TOO_LARGE: Reason = {
  what: "the order is larger than the server accepts",
  hint: "raise max_payload on the server (1 MB unless set), or split the order",
};
const NO_CLUSTER: Reason = {
  what: "not enough servers for the requested replicas",
  hint: "use ?replicas=1, or a cluster of that many servers",
};
const OWNED: Reason = {
  what: "another stream already has these subjects",
  hint: "name that stream with ?stream=…, or use another ?prefix=…",
};
const UNAVAILABLE: Reason = { what: "JetStream is not available there at the moment" };
const EXPIRED: Reason = { what: "the login has expired", code: "server-denied" };
const UNTRUSTED: Reason = {
  what: "its certificate is not trusted",
  hint: "set ORDERS_NATS_CA to the certificate file of the authority that signed it",
};

/** By the error code of the JetStream API, where its own sentence is not enough. */
const API_REASONS: Readonly<Record<number, Reason>> = {
  10002: FULL,
  10005: NO_CLUSTER,
  10023: FULL,
  10028: FULL,
  10039: {
    what: "JetStream is off for this account",
    hint: "enable it for the account on the server",
  },
  10047: FULL,
  10054: TOO_LARGE,
  10059: { what: "the stream does not exist", remedy: "init" },
  10060: OWNED,
  10065: OWNED,
  10074: NO_CLUSTER,
  10076: UNAVAILABLE,
  10113: {
    what: "the account requires a limit for each stream",
    hint: "add ?max_bytes=… to the location, for example ?max_bytes=1GB",
  },
};

/** The stream could not store a message, for a reason that only the text tells. */
const STORE_FAILED = 10077;
const NO_ROOM = /maximum|insufficient|no space/;

/** By the `code` of errors of the operating system and DNS, where their own sentence is not enough. */
const SYSTEM_REASONS: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: {
    what: "connection refused",
    hint: "start the server, or correct the address",
    code: "server-unreachable",
  },
  ECONNRESET: {
    what: "connection reset",
    hint: "check that it is a NATS server, and whether it requires a client certificate",
    code: "server-unreachable",
  },
  ENOTFOUND: { what: "unknown host", hint: "correct the address", code: "server-unreachable" },
};
const IS_UNTRUSTED = /^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;
const IS_OF_TLS = /^(?:CERT_|ERR_TLS_|ERR_SSL_)/;

/** Why a request failed; `undefined`: not because of a server or the connection to it. */
function reasonOf(error: unknown): Reason | undefined {
  if (!(error instanceof Error)) return undefined;
  const violation = permissionViolation(error);
  if (violation !== undefined) return notPermitted(violation);
  const code = apiCode(error);
  const isOfTheApi = code !== undefined || error instanceof JetStreamApiError;
  if (isOfTheApi && (code ?? STORE_FAILED) === STORE_FAILED && NO_ROOM.test(error.message))
    return FULL;
  if (code !== undefined) return API_REASONS[code] ?? { what: `${error.message} (${code})` };
  if (isOfTheApi) return { what: error.message };
  const system = systemReason(error);
  if (system !== undefined) return system;
  if (error instanceof UserAuthenticationExpiredError) return EXPIRED;
  if (error instanceof AuthorizationError) {
    return {
      what: "authorization failed: user, password, token or credentials are missing or wrong",
      hint: "use nats://user:password@host, or set ORDERS_NATS_CREDS",
      code: "server-denied",
    };
  }
  if (isNoResponders(error)) return UNAVAILABLE;
  if (error instanceof TimeoutError) return { what: "no answer" };
  if (error instanceof JetStreamOff) {
    return {
      what: "JetStream is off on this server",
      hint: "start it with nats-server --jetstream, or use another server",
    };
  }
  if (error instanceof InvalidArgumentError && /max_payload/.test(error.message)) return TOO_LARGE;
  if (/does not support 'tls'/.test(error.message)) {
    return {
      what: "the server does not support TLS",
      hint: "tls:// never falls back to plain text; use nats:// to connect without encryption",
    };
  }
  if (/unexpected response from server/.test(error.message)) {
    return { what: "not a NATS server", hint: "correct the address" };
  }
  const isKnown =
    isSubscriptionLimit(error) ||
    [Unavailable, ConnectionError, ClosedConnectionError, RequestError, JetStreamError].some(
      (kind) => error instanceof kind,
    );
  return isKnown ? { what: error.message } : undefined;
}

function systemReason(error: Error): Reason | undefined {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    const { code, syscall } = each as NodeJS.ErrnoException;
    if (typeof code !== "string") continue;
    const reason = SYSTEM_REASONS[code] ?? (IS_UNTRUSTED.test(code) ? UNTRUSTED : undefined);
    if (reason !== undefined) return reason;
    if (syscall !== undefined) return { what: each.message, code: "server-unreachable" };
    if (IS_OF_TLS.test(code)) return { what: each.message };
  }
  return error.message === "connection refused" ? SYSTEM_REASONS.ECONNREFUSED : undefined;
}

function notPermitted({ operation, subject }: PermissionViolationError): Reason {
  const [, missing] = /^\$JS\.API\.STREAM\.CREATE\.(.*)$/.exec(subject) ?? [];
  if (missing !== undefined) {
    return {
      what: `there is no stream ${missing}, and this user is not allowed to create it`,
      remedy: "init",
      code: "server-denied",
    };
  }
  const verb = operation === "publish" ? "publish to" : "subscribe to";
  return {
    what: `this user is not allowed to ${verb} ${subject}`,
    hint: "grant that permission on the server; docs/more-than-one-machine.md lists what each verb needs",
    code: "server-denied",
  };
}

function codeOf(error: unknown, { code }: Reason): ErrorCode {
  return code ?? (isTransient(error) ? "server-unreachable" : "server-failed");
}

/** The violation of a permission that is the error or its cause, if there is one. */
function permissionViolation(error: unknown): PermissionViolationError | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof PermissionViolationError) return each;
  }
  return undefined;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
