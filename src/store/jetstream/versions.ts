/** Whether it is nats-server 2.10 or later. */
export function isCurrent(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 10);
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
