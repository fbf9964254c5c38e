import { isIP } from "node:net";
import { checkServerIdentity, type PeerCertificate } from "node:tls";

/**
 * Checks that a certificate is for one of these servers, each `host:port`.
 *
 * The client hands TLS no name where a server is written as an IP address, and TLS would then look
 * for "localhost": no good certificate would be taken, and one that happens to say so would.
 */
export function serverIdentityCheck(servers: readonly string[]) {
  const addresses = servers.map(hostOf).filter((host) => isIP(host) !== 0);
  return (hostname: string, certificate: PeerCertificate): Error | undefined => {
    if (addresses.length === 0 || hostname !== "localhost") {
      return checkServerIdentity(hostname, certificate);
    }
    const failures = addresses.map((address) => checkServerIdentity(address, certificate));
    return failures.includes(undefined) ? undefined : failures[0];
  };
}

function hostOf(server: string): string {
  return server.slice(0, server.lastIndexOf(":")).replace(/^\[|\]$/g, "");
}
