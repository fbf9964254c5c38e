import { JetStreamError } from "@nats-io/jetstream";
import {
  AuthorizationError,
  ClosedConnectionError,
  ConnectionError,
  InvalidArgumentError,
  type PermissionViolationError,
  RequestError,
  TimeoutError,
  UserAuthenticationExpiredError,
} from "@nats-io/transport-node";
import {
  apiCode,
  isNoResponders,
  isSubscriptionLimit,
  JetStreamOff,
  permissionViolation,
  Unavailable,
  WouldForget,
} from "./kinds.js";

/** Why a request failed, and what to do about it, if known. */
export type Reason = readonly [what: string, hint?: string | undefined];

/** JetStream is off or starting; or the stream has no leader; or there is no stream. */
const NO_RESPONDERS: Reason = ["JetStream is not available there at the moment"];

const OFF: Reason = [
  "JetStream is off on this server",
  "start it with nats-server --jetstream, or use another server",
];
const NO_CLUSTER: Reason = [
  "not enough servers for the requested replicas",
  "use ?replicas=1, or a cluster of that many servers",
];
const FULL: Reason = [
  "the server is full",
  "raise the storage limit of the stream, its account or the server",
];
const TOO_LARGE: Reason = [
  "the order is larger than the server accepts",
  "raise max_payload on the server (1 MB unless set), or split the order",
];
const OWNED: Reason = [
  "another stream already has these subjects",
  "name that stream with ?stream=…, or use another ?prefix=…",
];
const WORK_QUEUE: Reason = [
  "the stream is a work queue, which forgets each order once it is delivered",
  "name another stream with ?stream=… and another ?prefix=…: orders init creates it",
];
const UNTRUSTED: Reason = [
  "its certificate is not trusted",
  "set ORDERS_NATS_CA to the certificate file of the authority that signed it",
];

/** By the error code of the JetStream API (server/errors.json of nats-server). */
const API_REASONS: Readonly<Record<number, Reason>> = {
  10002: FULL,
  10005: NO_CLUSTER,
  10023: FULL,
  10026: [
    "the account or stream has as many consumers as it may",
    "raise max_consumers for the account on the server, or remove subscriptions",
  ],
  10027: [
    "the account has as many streams as it may",
    "raise max_streams for the account on the server: a store has two, its orders and its parked orders",
  ],
  10028: FULL,
  10039: ["JetStream is off for this account", "enable it for the account on the server"],
  10047: FULL,
  10054: TOO_LARGE,
  10059: ["the stream does not exist", "create it with orders init"],
  10060: OWNED,
  10065: OWNED,
  10074: NO_CLUSTER,
  10098: WORK_QUEUE,
  10099: WORK_QUEUE,
  10100: WORK_QUEUE,
  10109: [
    "the stream is sealed: nothing can be added to it, ever",
    "name another stream with ?stream=… and another ?prefix=…: orders init creates it",
  ],
  10113: [
    "the account requires a limit for each stream",
    "add ?max_bytes=… to the location, for example ?max_bytes=1GB",
  ],
  10121: [
    "the account allows too few unacknowledged messages",
    "raise max_ack_pending for the account on the server to 10000",
  ],
  10122: [
    "max_bytes is larger than the account allows for a stream",
    "lower ?max_bytes=…, or raise max_file_stream_bytes for the account on the server",
  ],
  10076: NO_RESPONDERS,
};

/** The stream could not store a message, for a reason that only the text tells. */
const STORE_FAILED = 10077;

/** By the `code` of errors of the operating system and DNS. */
const NETWORK_REASONS: Readonly<Record<string, Reason>> = {
  ECONNREFUSED: ["connection refused", "start the server, or correct the address"],
  ECONNRESET: [
    "connection reset",
    "check that it is a NATS server, and whether it requires a client certificate",
  ],
  ENOTFOUND: ["unknown host", "correct the address"],
  EAI_AGAIN: ["the host name cannot be resolved", "check the network, then try again"],
  EHOSTUNREACH: ["host unreachable"],
  ENETUNREACH: ["network unreachable"],
  ETIMEDOUT: ["no answer"],
};

/** By the `code` of errors of TLS. */
const TLS_REASONS: Readonly<Record<string, Reason>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  CERT_HAS_EXPIRED: ["its certificate has expired"],
  ERR_TLS_CERT_ALTNAME_INVALID: ["its certificate is for another host"],
};

/** Why a request failed; `undefined`: not because of a server or the connection to it. */
export function reasonOf(error: unknown): Reason | undefined {
  if (!(error instanceof Error)) return undefined;
  const violation = permissionViolation(error);
  if (violation !== undefined) return notPermitted(violation);
  const code = apiCode(error);
  if (code === STORE_FAILED && /maximum|insufficient|no space/.test(error.message)) return FULL;
  if (code !== undefined) return API_REASONS[code] ?? [`${error.message} (${code})`];
  const system = systemReason(error);
  if (system !== undefined) return system;
  if (error instanceof UserAuthenticationExpiredError) return ["the login has expired"];
  if (error instanceof AuthorizationError) {
    return [
      "authorization failed: user, password, token or credentials are missing or wrong",
      "use nats://user:password@host, or set ORDERS_NATS_CREDS",
    ];
  }
  if (isNoResponders(error)) return NO_RESPONDERS;
  if (isSubscriptionLimit(error)) {
    return [error.message, "raise max_subscriptions on the server: watching needs 3, reading 2"];
  }
  if (error instanceof TimeoutError) return ["no answer"];
  if (error instanceof Unavailable) return [error.message];
  if (error instanceof JetStreamOff) return OFF;
  if (error instanceof WouldForget) {
    const hint =
      "use nats-server 2.10.6 or later, or no limit: leave max_bytes out, and run orders init --alter";
    return [error.message, hint];
  }
  if (error instanceof InvalidArgumentError && /max_payload/.test(error.message)) return TOO_LARGE;
  if (/does not support 'tls'/.test(error.message)) {
    return [
      "the server does not support TLS",
      "tls:// never falls back to plain text; use nats:// to connect without encryption",
    ];
  }
  if (/unexpected response from server/.test(error.message)) {
    return ["not a NATS server", "correct the address"];
  }
  return isOfTheClient(error) ? [error.message] : undefined;
}

/** Whether it is that there is no room on the server. */
export function isFull(reason: Reason): boolean {
  return reason === FULL;
}

/** Whether it is that the server cannot be reached. */
export function isNetwork(reason: Reason): boolean {
  return Object.values(NETWORK_REASONS).includes(reason);
}

function isOfTheClient(error: Error): boolean {
  return [ConnectionError, ClosedConnectionError, RequestError, JetStreamError].some(
    (kind) => error instanceof kind,
  );
}

function systemReason(error: Error): Reason | undefined {
  for (let each: unknown = error; each instanceof Error; each = each.cause) {
    const { code, syscall } = each as NodeJS.ErrnoException;
    const reason =
      typeof code === "string" ? (NETWORK_REASONS[code] ?? TLS_REASONS[code]) : undefined;
    if (reason !== undefined) return reason;
    if (syscall !== undefined) return [each.message];
  }
  return /^connection refused$/.test(error.message) ? NETWORK_REASONS.ECONNREFUSED : undefined;
}

function notPermitted({ operation, subject }: PermissionViolationError): Reason {
  const [, missing] = /^\$JS\.API\.STREAM\.CREATE\.(.*)$/.exec(subject) ?? [];
  if (missing !== undefined) {
    return [
      `there is no stream ${missing}, and this user is not allowed to create it`,
      "have a user who is allowed to run orders init",
    ];
  }
  const verb = operation === "publish" ? "publish to" : "subscribe to";
  return [
    `this user is not allowed to ${verb} ${subject}`,
    "grant that permission on the server; docs/more-than-one-machine.md lists what each verb needs",
  ];
}
