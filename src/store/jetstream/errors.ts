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
import { OrdersError } from "../../errors.js";

/** Why a server does not do what it is asked, and what helps, where that can be said. */
type Reason = readonly [what: string, hint?: string];

/** The server is there and JetStream is not; or the stream has no leader; or there is no stream. */
const NO_RESPONDERS: Reason = ["nobody there takes orders: JetStream is not ready"];

const OFF: Reason = [
  "JetStream is off on that server",
  "start it with JetStream (nats-server --jetstream), or choose another server",
];
const NO_CLUSTER: Reason = [
  "it has not as many servers as replicas are asked for",
  "choose ?replicas=1, or start a cluster",
];
const FULL: Reason = [
  "the server is full",
  "give the stream, its account or the server more room, then place the order again",
];
const TOO_LARGE: Reason = [
  "the order is larger than the server takes",
  "raise max_payload on the server (1 MB unless set), or split the order",
];
const OWNED: Reason = [
  "another stream has these subjects",
  "name it with ?stream=…, or choose another ?prefix=…",
];
const UNTRUSTED: Reason = [
  "its certificate is not trusted",
  "set ORDERS_NATS_CA to the file of the authority that signed it",
];

/** By the error code of the JetStream API (server/errors.json of nats-server). */
const API_REASONS: Readonly<Record<number, Reason>> = {
  10002: FULL,
  10005: NO_CLUSTER,
  10023: FULL,
  10028: FULL,
  10039: ["JetStream is off for this account", "enable it for the account on the server"],
  10047: FULL,
  10054: TOO_LARGE,
  10059: ["the stream does not exist", "orders init creates it"],
  10060: OWNED,
  10065: OWNED,
  10074: NO_CLUSTER,
  10076: NO_RESPONDERS,
  10077: FULL,
};

/** By the `code` of what the operating system, DNS or TLS say. */
const SYSTEM_REASONS: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: ["no server is there", "start one, or correct the address"],
  ECONNRESET: ["the connection was cut", "is it a NATS server? does it want a client certificate?"],
  ENOTFOUND: ["the host is unknown", "correct the address"],
  EAI_AGAIN: ["the host's address cannot be looked up", "look at the network, then try again"],
  EHOSTUNREACH: ["the host cannot be reached"],
  ENETUNREACH: ["the network cannot be reached"],
  ETIMEDOUT: ["no answer"],
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  CERT_HAS_EXPIRED: ["its certificate has expired"],
  ERR_TLS_CERT_ALTNAME_INVALID: ["its certificate is for another host"],
};

/** JetStream's own: no leader at the moment, the id is being stored, the cluster is incomplete. */
const PASSING_API_CODES: ReadonlySet<number> = new Set([10004, 10005, 10008, 10009, 10158, 10164]);

/** The code with which JetStream answered, if it did. */
export function apiCode(error: unknown): number | undefined {
  if (error instanceof JetStreamApiError) return error.code;
  const { cause } = error as Error; // where JetStream is off for the account
  return cause instanceof JetStreamApiError ? cause.code : undefined;
}

/** Whether nobody listened: JetStream is off, or it has no stream or leader at the moment. */
export function isNoResponders(error: unknown): boolean {
  const { cause } = error as Error;
  return cause instanceof RequestError && cause.isNoResponders();
}

/** Whether the same request may well be answered in a moment. */
export function isTransient(error: unknown): boolean {
  if (permissionViolation(error) !== undefined) return false;
  const code = apiCode(error);
  if (code !== undefined) return PASSING_API_CODES.has(code);
  return (
    error instanceof TimeoutError ||
    error instanceof RequestError ||
    error instanceof ClosedConnectionError ||
    error instanceof Unavailable ||
    isNoResponders(error)
  );
}

/** A state of the connection or the server in which something has to wait. */
export class Unavailable extends Error {
  override readonly name = "Unavailable";
  /** Whether what was asked for may have been done nevertheless. */
  readonly unsure: boolean;

  constructor(message: string, { unsure }: { unsure: boolean }) {
    super(message);
    this.unsure = unsure;
  }
}

/** The server, or the whole cluster, runs without JetStream. */
export class JetStreamOff extends Error {
  override readonly name = "JetStreamOff";
}

/** Whether a request that failed like this can have been carried out nevertheless. */
export function isOutcomeUnknown(error: unknown): boolean {
  if (permissionViolation(error)?.operation === "subscription") return true; // deaf, not dumb
  if (error instanceof Unavailable) return error.unsure;
  return isTransient(error) && apiCode(error) === undefined && !isNoResponders(error);
}

/**
 * Puts what went wrong between this program and a server into one sentence. What comes from
 * neither is a fault of this program and is returned as it is.
 *
 * @param shown the location, without secrets.
 */
export function serverFailure(
  action: string,
  shown: string,
  error: unknown,
  { hint }: { hint?: string } = {},
): unknown {
  if (error instanceof OrdersError) return error;
  const reason = reasonOf(error);
  if (reason === undefined) return error;
  return new OrdersError("server-failed", `cannot ${action}: ${reason[0]}: ${shown}`, {
    cause: error,
    hint: hint ?? reason[1],
  });
}

function reasonOf(error: unknown): Reason | undefined {
  if (!(error instanceof Error)) return undefined;
  const violation = permissionViolation(error);
  if (violation !== undefined) return notPermitted(violation);
  const code = apiCode(error);
  if (code !== undefined) return API_REASONS[code] ?? [`${error.message} (${code})`];
  const system = systemReason(error);
  if (system !== undefined) return system;
  if (error instanceof UserAuthenticationExpiredError) return ["the login has expired"];
  if (error instanceof AuthorizationError) {
    return [
      "it does not let us in: user, password, token or credentials are wrong or missing",
      "write nats://user:password@host, or set ORDERS_NATS_CREDS",
    ];
  }
  if (isNoResponders(error)) return NO_RESPONDERS;
  if (error instanceof TimeoutError) return ["no answer"];
  if (error instanceof Unavailable) return [error.message];
  if (error instanceof JetStreamOff) return OFF;
  if (error instanceof InvalidArgumentError && /max_payload/.test(error.message)) return TOO_LARGE;
  if (/does not support 'tls'/.test(error.message)) {
    return [
      "it offers no encryption",
      "tls:// never goes on without; write nats:// if that is right",
    ];
  }
  if (/unexpected response from server/.test(error.message)) {
    return ["what answers there is no NATS server", "correct the address"];
  }
  return isOfTheClient(error) ? [error.message] : undefined;
}

function isOfTheClient(error: Error): boolean {
  return [ConnectionError, ClosedConnectionError, RequestError, JetStreamError].some(
    (kind) => error instanceof kind,
  );
}

function systemReason(error: Error): Reason | undefined {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    const { code, syscall } = each as NodeJS.ErrnoException;
    const reason = typeof code === "string" ? SYSTEM_REASONS[code] : undefined;
    if (reason !== undefined) return reason;
    if (syscall !== undefined) return [each.message];
  }
  return /^connection refused$/.test(error.message) ? SYSTEM_REASONS.ECONNREFUSED : undefined;
}

function permissionViolation(error: unknown): PermissionViolationError | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    if (each instanceof PermissionViolationError) return each;
  }
  return undefined;
}

function notPermitted({ operation, subject }: PermissionViolationError): Reason {
  const [, missing] = /^\$JS\.API\.STREAM\.CREATE\.(.*)$/.exec(subject) ?? [];
  if (missing !== undefined) {
    return [
      `there is no stream ${missing}, and this user may not create it`,
      "have somebody who may do that run orders init",
    ];
  }
  const verb = operation === "publish" ? "publish to" : "subscribe to";
  return [
    `this user may not ${verb} ${subject}`,
    "give it that permission on the server; docs/more-than-one-machine.md lists what each verb needs",
  ];
}
