import {
  type ConnectionOptions,
  connect,
  credsAuthenticator,
  type NatsConnection,
} from "@nats-io/transport-node";
import type { CredentialFiles } from "./credential-files.js";
import { readCredentials } from "./credentials.js";
import { serverIdentityCheck } from "./server-identity.js";
import type { ServerLocation } from "./server-location.js";

/** How long one server may take to answer a request. */
export const RESPONSE_TIMEOUT_MS = 2000;

/** How the client connects to the servers of a location. */
export function connectionOptions(
  location: ServerLocation,
  files: CredentialFiles,
): ConnectionOptions {
  const { creds, ...certificates } = readCredentials(files);
  const tls = { ...certificates, checkServerIdentity: serverIdentityCheck(location.servers) };
  return {
    name: "orders",
    servers: [...location.servers],
    ...location.login,
    ...(creds && { authenticator: credsAuthenticator(creds) }),
    // With it the client refuses a server without TLS.
    ...(location.tls && { tls }),
    timeout: Math.min(RESPONSE_TIMEOUT_MS, location.timeoutMs),
    maxReconnectAttempts: -1,
    reconnectTimeWait: 200,
    pingInterval: 10_000, // an idle client notices within half a minute that a server hangs
    noAsyncTraces: true,
  };
}

/** Connects to a server that starts TLS before anything else (`handshake_first`). */
export function connectTlsFirst(options: ConnectionOptions): Promise<NatsConnection> {
  return connect({ ...options, tls: { ...options.tls, handshakeFirst: true } });
}
