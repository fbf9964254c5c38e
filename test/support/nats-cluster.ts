import { jetstreamManager, type StreamInfo } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { onTestFinished } from "vitest";
import { freePort, type NatsServer, newServer, type ServerOptions } from "./nats-server.js";
import { canHaveNetwork, type Host, LOOPBACK, Network, type NetworkHost } from "./network.js";
import { until } from "./until.js";

const SIZE = 3;

/** Starts a cluster of three for the running test. */
export function startCluster(options?: ServerOptions) {
  return startOn(
    Array.from({ length: SIZE }, () => LOOPBACK),
    options,
  );
}

/** A cluster of three of which one can be cut off from the others. */
export interface SeverableCluster {
  readonly nodes: readonly [NatsServer, NatsServer, NatsServer];
  /** Nothing that a server and the others send each other arrives any more. */
  cutOff(node: NatsServer): void;
  /** Undoes {@link cutOff}. */
  join(node: NatsServer): void;
}

/**
 * Starts one for the running test: each server on a host of its own in a network, which clients
 * reach throughout; where that is not permitted, a server that is cut off is suspended instead.
 */
export async function startSeverableCluster(options?: ServerOptions): Promise<SeverableCluster> {
  if (!canHaveNetwork()) {
    const nodes = await startCluster(options);
    return { nodes, cutOff: (node) => node.pause(), join: (node) => node.resume() };
  }
  const network = await Network.of(SIZE);
  onTestFinished(() => network.dispose());
  const nodes = await startOn(network.hosts, options);
  const hostOf = (node: NatsServer) => network.hosts[nodes.indexOf(node)] as NetworkHost;
  return {
    nodes,
    cutOff: (node) => network.cutOff(hostOf(node)),
    join: (node) => network.join(hostOf(node)),
  };
}

async function startOn(hosts: readonly Host[], options: ServerOptions = {}) {
  const addresses = () =>
    Promise.all(hosts.map(async ({ address }) => `${address}:${await freePort()}`));
  const listening = await addresses();
  const monitors = await addresses();
  const routes = listening.map((address) => `nats://${address}`).join(", ");
  const nodes = await Promise.all(
    hosts.map((host, index) =>
      newServer({
        ...options,
        host,
        settings: `
          server_name: node-${index}
          http: "${monitors[index]}"
          cluster { name: test, listen: "${listening[index]}", routes: [${routes}] }
        `,
      }),
    ),
  );
  for (const node of nodes) onTestFinished(() => node.dispose());
  await Promise.all(nodes.map((node) => node.start()));
  // A 2.10 that begins with the others can leave one of them out for good, or elect no leader: 3 of 80 clusters did.
  while (!(await isWhole(monitors))) {
    for (const node of nodes) await node.forget();
    await Promise.all(nodes.map((node) => node.start()));
  }
  return nodes as unknown as readonly [NatsServer, NatsServer, NatsServer];
}

/** Whether a cluster that has just begun elects a leader that comes to know all servers. */
async function isWhole(monitors: readonly string[]): Promise<boolean> {
  let whole = false;
  let looks = 0;
  await until(async () => {
    const clusters = await Promise.all(monitors.map(metaCluster));
    whole = clusters.some((each) => each?.replicas?.length === SIZE - 1);
    return whole || ++looks > (clusters.some((each) => each?.leader) ? 150 : 1000);
  });
  return whole;
}

interface MetaCluster {
  readonly leader?: string;
  /** The other servers, as the leader knows them. */
  readonly replicas?: readonly unknown[];
}

async function metaCluster(monitor: string): Promise<MetaCluster | undefined> {
  try {
    const answer = await fetch(`http://${monitor}/jsz`);
    return ((await answer.json()) as { meta_cluster?: MetaCluster }).meta_cluster;
  } catch {
    return undefined; // it does not listen yet
  }
}

/** The location of a store on several servers. */
export function locationOf(servers: readonly NatsServer[], query = ""): string {
  return `nats://${servers.map(({ address }) => address).join(",")}${query}`;
}

/** The server that leads the stream of orders at the moment. */
export async function leaderOf(nodes: readonly NatsServer[]): Promise<NatsServer> {
  let leader: NatsServer | undefined;
  await untilStream(nodes, ({ cluster }) => {
    leader = nodes[indexOf(cluster?.leader)];
    return leader !== undefined;
  });
  return leader as NatsServer;
}

/**
 * Waits until every server has all that was stored, by every server's own account: before that, no
 * other one may be stopped. One that was cut off can hold itself for the leader for some seconds
 * after, and is held for current by the others as long. A 2.10.27 that was killed can stay out for good
 * once it is started again: then it is started once more.
 */
export async function allCurrent(nodes: readonly NatsServer[]): Promise<void> {
  const startedAgain = new Set<string>();
  await until(async () => {
    const leaders = new Set<string | undefined>();
    for (const node of nodes) {
      await untilStream([node], async ({ cluster: { leader, replicas = [] } = {} }) => {
        leaders.add(leader);
        for (const { name, active } of replicas) {
          if (active < OUT_AFTER_NS || startedAgain.has(name)) continue;
          startedAgain.add(name);
          const out = nodes[indexOf(name)];
          await out?.kill();
          await out?.start();
        }
        return replicas.length === nodes.length - 1 && replicas.every(({ current }) => current);
      });
    }
    return leaders.size === 1;
  });
}

/** A leader that has not heard of another server for so long will not. */
const OUT_AFTER_NS = 60e9;

/** Which server has a name. */
function indexOf(name: string | undefined): number {
  return Number(name?.replace("node-", ""));
}

async function untilStream(
  nodes: readonly NatsServer[],
  condition: (info: StreamInfo) => boolean | Promise<boolean>,
): Promise<void> {
  const nc = await connect({
    servers: nodes.map(({ address }) => address),
    ignoreClusterUpdates: true,
  });
  try {
    const { streams } = await jetstreamManager(nc, { checkAPI: false });
    await until(async () => {
      const info = await streams.info("orders").catch(() => undefined);
      return info !== undefined && (await condition(info));
    });
  } finally {
    await nc.close();
  }
}
