import { JetStreamApiError, JetStreamError } from "@nats-io/jetstream";
import {
  AuthorizationError,
  ClosedConnectionError,
  ConnectionError,
  PermissionViolationError,
  RequestError,
  TimeoutError,
  UserAuthenticationExpiredError,
} from "@nats-io/transport-node";
import { systemMessage } from "../../../error-message.js";
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
export class JetStreamOff extends Error {
  override readonly name = "JetStreamOff";
}

/** The code with which JetStream answered, if it did. A leader whose disk is full answers with a status only. */
export function apiCode(error: unknown): number | undefined {
  return find(error, JetStreamApiError)?.code || undefined;
}

/** Whether nobody received the request: JetStream is off, or there is no stream or leader at the moment. */
export function isNoResponders(error: unknown): boolean {
  return causesOf(error).some((each) => each instanceof RequestError && each.isNoResponders());
}

/** Whether the server refuses a subscription, of which the client otherwise says nothing. */
export function isSubscriptionLimit({ message }: Error): boolean {
  return message.includes("maximum subscriptions exceeded");
}

/**
 * Errors of the JetStream API that pass: no leader, an id that is being stored, a cluster that is incomplete,
 * too much at once, as many consumers as there may be (those that only read or count go soon). {@link https://github.com/nats-io/nats-server/blob/main/server/errors.json All of them}
 */
const TRANSIENT_API_CODES: ReadonlySet<number> = new Set([
  10004, 10005, 10008, 10009, 10012, 10026, 10158, 10164, 10167,
]);
const TRANSIENT = [
  TimeoutError,
  RequestError,
  ClosedConnectionError,
  Unavailable,
  JetStreamApiError,
];

/** Whether the same request may succeed in a moment. What was reported has been repeated for long enough. */
export function isTransient(error: unknown): boolean {
  if (error instanceof OrdersError || error instanceof JetStreamOff) return false;
  if (find(error, PermissionViolationError) !== undefined) return false;
  const code = apiCode(error);
  if (code !== undefined) return TRANSIENT_API_CODES.has(code);
  return TRANSIENT.some((kind) => find(error, kind) !== undefined);
}

/** Whether a request that failed like this may have been carried out nevertheless. */
export function isOutcomeUnknown(error: unknown): boolean {
  // It was sent, and only its answer could not be received.
  if (find(error, PermissionViolationError)?.operation === "subscription") return true;
  if (error instanceof Unavailable) return error.outcomeUnknown;
  return isTransient(error) && apiCode(error) === undefined && !isNoResponders(error);
}

/**
 * What went wrong with a server, in one sentence: its own where that tells it. Any other error is an internal one and
 * is returned as it is.
 *
 * @param action completes the sentence "cannot …".
 * @param shown the location, without secrets.
 */
export function serverFailure(
  action: string,
  shown: string,
  error: unknown,
  details: Omit<Reason, "what"> & ErrorFacts = {},
): unknown {
  if (error instanceof OrdersError) return error;
  const chain = causesOf(error).filter(isOfServer);
  const innermost = chain.at(-1);
  if (innermost === undefined) return error;
  const reason = REASONS.find(({ of }) => chain.some((each) => of.test(kindOf(each))));
  const { what, code, hint, remedy } = { ...reason, ...details };
  return new OrdersError(
    code ?? (isTransient(error) ? "server-unreachable" : "server-failed"),
    `cannot ${action}: ${what ?? ownSentence(innermost)}: ${shown}`,
    { ...details, cause: error, hint, remedy },
  );
}

/** What we add to the server's own sentence, or say instead. */
interface Reason {
  readonly what?: string;
  readonly hint?: string;
  readonly remedy?: ErrorFacts["remedy"];
  readonly code?: ErrorCode;
}

/** By code, kind and message of an error; the first that fits one of its causes counts. */
const REASONS: readonly (Reason & { readonly of: RegExp })[] = [
  {
    of: /^(?:10002|10023|10028|10047) |^(?:10077 )?JetStreamApiError: .*(?:maximum|insufficient|no space)/,
    what: "the server is full",
    hint: "raise the storage limit of the stream, its account or the server",
    code: "server-full",
  },
  { of: /^(?:10005|10074) /, hint: "use ?replicas=1, or a cluster of that many servers" },
  {
    of: /^10054 |max_payload/,
    what: "the order is larger than the server accepts",
    hint: "raise max_payload on the server (1 MB unless set), or split the order",
  },
  { of: /^10059 /, remedy: "init" },
  {
    of: /^(?:10060|10065) /,
    what: "another stream already has these subjects",
    hint: "name that stream with ?stream=…, or use another ?prefix=…",
  },
  { of: /^10113 /, hint: "add ?max_bytes=… to the location, for example ?max_bytes=1GB" },
  { of: /^PermissionViolationError: .*STREAM\.CREATE/, remedy: "init", code: "server-denied" },
  {
    of: /^PermissionViolationError/,
    hint: "grant that permission on the server; docs/more-than-one-machine.md lists what each verb needs",
    code: "server-denied",
  },
  { of: /^UserAuthenticationExpiredError/, code: "server-denied" },
  {
    of: /^AuthorizationError/,
    what: "authorization failed",
    hint: "use nats://user:password@host, or set ORDERS_NATS_CREDS",
    code: "server-denied",
  },
  {
    of: /^JetStreamOff/,
    what: "JetStream is off on this server",
    hint: "start it with nats-server --jetstream, or use another server",
  },
  {
    of: /connection refused|ECONNREFUSED/,
    hint: "start the server, or correct the address",
    code: "server-unreachable",
  },
  {
    of: /^ECONNRESET/,
    hint: "check that it is a NATS server, and whether it requires a client certificate",
    code: "server-unreachable",
  },
  { of: /^E[A-Z]+ /, hint: "correct the address", code: "server-unreachable" },
  {
    of: /^(?:UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/,
    hint: "set ORDERS_NATS_CA to the certificate file of the authority that signed it",
  },
  { of: /NoResponders/, what: "JetStream is not available there at the moment" },
  { of: /^TimeoutError/, what: "no answer" },
  {
    of: /does not support 'tls'/,
    hint: "tls:// never falls back to plain text; use nats:// to connect without encryption",
  },
  { of: /unexpected response from server/, hint: "check that it is the port for NATS clients" },
];

const OF_SERVER = [
  ...TRANSIENT,
  AuthorizationError,
  ConnectionError,
  JetStreamError,
  JetStreamOff,
  PermissionViolationError,
  UserAuthenticationExpiredError,
];

function isOfServer(error: Error): boolean {
  const { code, syscall } = error as NodeJS.ErrnoException;
  const isOfTls = /^(?:CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/.test(
    `${code}`,
  );
  if (syscall !== undefined || isOfTls || isSubscriptionLimit(error)) return true;
  if (/max_payload|'tls'|unexpected response from server/.test(error.message)) return true;
  return OF_SERVER.some((kind) => error instanceof kind);
}

function kindOf(error: Error): string {
  return `${(error as NodeJS.ErrnoException).code ?? ""} ${error.name}: ${error.message}`.trim();
}

function ownSentence(error: Error): string {
  const code = apiCode(error);
  return code === undefined ? systemMessage(error) : `${error.message} (${code})`;
}

/** An error, what caused it, and so on. */
function causesOf(error: unknown): Error[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}

function find<T>(error: unknown, kind: new (...args: never[]) => T): T | undefined {
  return causesOf(error).find((each) => each instanceof kind) as T | undefined;
}
