import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";
import { hostAndPort } from "./server-location.js";

/**
 * Checks that a certificate is for one of these servers, each `host:port`.
 *
 * For a server that is given by its IP address the client passes no name to TLS, which then checks
 * for "localhost": right certificates would be refused, and those for "localhost" accepted.
 */
export function serverIdentityCheck(servers: readonly string[]) {
  const addresses = servers
    .map((server) => hostAndPort(server).host)
    .filter((host) => isIP(host) !== 0);
  return (hostname: string, certificate: PeerCertificate): Error | undefined => {
    if (addresses.length === 0 || hostname !== "localhost") {
      return checkServerIdentity(hostname, certificate);
    }
    const failures = addresses.map((address) => checkServerIdentity(address, certificate));
    return failures.includes(undefined) ? undefined : failures[0];
  };
}
