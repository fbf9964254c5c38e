import type { Connected } from "./server-connection.js";

/** The version of the server at the other end; empty if it does not tell. */
export function versionOf({ nc }: Pick<Connected, "nc">): string {
  return nc.info?.version ?? "";
}

/** Whether it is nats-server 2.10 or later. */
export function isCurrent(version: string): boolean {
  return isAtLeast(version, [2, 10, 0]);
}

/**
 * Whether a full stream refuses messages, as it is told to. Servers before 2.10.6 take a message for shorter than it
 * is on disk, store it, and then remove the oldest ones to keep to the size limit of the stream: acknowledged orders.
 * {@link https://github.com/nats-io/nats-server/issues/4771 Silent data loss}
 */
export function refusesWhenFull(version: string): boolean {
  return isAtLeast(version, [2, 10, 6]);
}

function isAtLeast(version: string, wanted: readonly [number, number, number]): boolean {
  const parts = version.split(".").map((part) => Number.parseInt(part, 10));
  for (const [index, least] of wanted.entries()) {
    const part = parts[index] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

/** What is wrong with a size limit of so many bytes on a server of this version; 0 or less is no limit. */
export function limitWarnings(maxBytes: number, version: string): string[] {
  if (maxBytes <= 0 || refusesWhenFull(version)) return [];
  return [
    `warning: nats-server ${version} forgets the oldest orders once the stream has ${maxBytes} bytes, its size limit: use 2.10.6 or later, or take the limit away with orders init --alter`,
  ];
}

/**
 * What is wrong with replicas on servers of this version. Fixed in 2.10:
 * docs/more-than-one-machine.md has what was measured.
 */
export function clusterWarnings(replicas: number, version: string): string[] {
  if (replicas === 1 || isCurrent(version)) return [];
  return [
    `warning: nats-server ${version} can diverge from its replicas after a network partition, or when its leader is suspended or killed: use 2.10 or later for replicas`,
  ];
}
