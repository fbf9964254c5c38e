import { StorageType, type StreamInfo } from "@nats-io/jetstream";
import { OrderCheck } from "../order-check.js";
import type { Damage, StoreReport } from "../order-store.js";
import type { ServerConnection } from "./connection/server-connection.js";
import { readMessages } from "./messages/read-messages.js";
import { decodeOrder, isDamage } from "./order-codec.js";
import { differences, orderStream, orderSubject, streamInfo } from "./streams.js";

/** Reads every order, and says what the server promises of them. */
export async function checkServer(server: ServerConnection): Promise<StoreReport> {
  const { location } = server;
  const damage: Damage[] = [];
  const check = new OrderCheck();
  let orders = 0;
  const info = await server.ask("check the store", (connected) =>
    streamInfo(connected, location.stream),
  );
  if (info === undefined) {
    const note = `there is no stream ${location.stream} yet: orders init creates it`;
    return { orders, damage, notes: [note] };
  }
  for await (const message of readMessages(server, {
    stream: location.stream,
    subjects: orderSubject(location, "*"),
    gapless: true,
  })) {
    const decoded = decodeOrder(location.stream, message);
    if (isDamage(decoded)) {
      damage.push(decoded);
      continue;
    }
    const problem = check.problemOf(decoded);
    if (problem !== undefined)
      damage.push({ location: `${location.stream}:${message.seq}`, problem });
    orders++;
  }
  const version = await server.ask("check the store", async ({ nc }) => nc.info?.version ?? "");
  const notes = [
    ...promises(info, version),
    ...differences(info.config, orderStream(location)).map(
      (difference) => `stream ${location.stream}: ${difference}`,
    ),
  ];
  return { orders, damage, notes };
}

function promises({ config, cluster, state }: StreamInfo, version: string): string[] {
  const { name, num_replicas: replicas, storage } = config;
  const current = 1 + (cluster?.replicas ?? []).filter((each) => each.current).length;
  const behind = replicas - current;
  return [
    `stream ${name} on nats-server ${version}: replicas: ${replicas}, consumers: ${state.consumer_count}`,
    ...(behind > 0 ? [`warning: ${behind} of ${replicas} replicas not up to date`] : []),
    ...(replicas > 1 && !isCurrent(version) ? [partedWarning(version)] : []),
    ...(storage === StorageType.File ? [] : ["warning: the orders are in memory only"]),
    powerCut(replicas, version),
  ];
}

/** The server syncs on a timer, and does not tell of `sync_interval`: nobody can know from here. */
function powerCut(replicas: number, version: string): string {
  const where =
    replicas === 1
      ? "warning: a power cut can lose orders acknowledged in the last two minutes"
      : `warning: a power cut of most of the ${replicas} servers at once can lose orders acknowledged in the last two minutes`;
  return isCurrent(version)
    ? `${where}, unless the server's jetstream block says sync_interval: always (which it does not tell)`
    : `${where}: nats-server ${version} cannot sync at each order; 2.10 and newer can (sync_interval: always)`;
}

/** What 2.10 mended: docs/more-than-one-machine.md tells what was seen. */
function partedWarning(version: string): string {
  return `warning: a server of ${version} that was cut off or suspended while it led can come back with other orders than the rest: use 2.10 or newer for replicas`;
}

/** Whether it is nats-server 2.10 or newer. */
function isCurrent(version: string): boolean {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 10);
}
