import { StorageType, type StreamInfo } from "@nats-io/jetstream";
import type { Damage, Note, StoreReport } from "../../order-store.js";
import { OrderCheck } from "../../records/order-check.js";
import { decodeRecord, isDamage } from "../messages/order-codec.js";
import { readBatches } from "../messages/read-messages.js";
import type { ServerConnection } from "../server/server-connection.js";
import { differences, orderStream, phrase, streamInfo } from "../server/streams.js";
import { allRecords } from "../server/subjects.js";

/** Reads every order, and notes what the server guarantees. */
export async function checkServer(server: ServerConnection): Promise<StoreReport> {
  const { location } = server;
  const damage: Damage[] = [];
  const check = new OrderCheck();
  let orders = 0;
  const info = await server.ask("check the store", (connected) =>
    streamInfo(connected, location.stream),
  );
  if (info === undefined) {
    const message = `there is no stream ${location.stream} yet; create it with orders init`;
    return { orders, damage, notes: [{ kind: "no-stream", location: location.stream, message }] };
  }
  const all = { stream: location.stream, subjects: [allRecords(location)] };
  for await (const batch of readBatches(server, all)) {
    for (const message of batch) {
      const decoded = decodeRecord(location.stream, message);
      if (decoded === undefined) continue;
      if (isDamage(decoded)) {
        damage.push(decoded);
        continue;
      }
      if (decoded.kind === "order") orders++;
      const problem =
        decoded.kind === "order"
          ? check.problemOf(decoded.order)
          : check.closingProblemOf(decoded.closing);
      if (problem === undefined) continue;
      damage.push({ location: `${location.stream}:${message.seq}`, ...problem });
    }
  }
  const version = await server.ask("check the store", async ({ nc }) => nc.info?.version);
  const notes = [
    ...guarantees(info, version),
    ...differences(info.config, orderStream(location)).map((difference): Note => {
      const message = `stream ${location.stream}: ${phrase(difference)}`;
      return { kind: "configuration", location: location.stream, ...difference, message };
    }),
  ];
  return { orders, damage, notes };
}

function guarantees({ config, cluster, state }: StreamInfo, version = ""): Note[] {
  const { name: location, num_replicas: replicas, storage } = config;
  const consumers = state.consumer_count;
  const current = 1 + (cluster?.replicas ?? []).filter((each) => each.current).length;
  const behind = replicas - current;
  const is = `replicas: ${replicas}, consumers: ${consumers}`;
  const message = `stream ${location} on nats-server ${version}: ${is}`;
  const notes: Note[] = [{ kind: "stream", location, version, replicas, consumers, message }];
  if (behind > 0) {
    const message = `warning: ${behind} of ${replicas} replicas not up to date`;
    notes.push({ kind: "replicas-behind", location, replicas, behind, message });
  }
  if (storage !== StorageType.File) {
    notes.push({ kind: "in-memory", location, message: "warning: the orders are in memory only" });
  }
  notes.push({ kind: "power-cut", location, replicas, message: powerCut(replicas) });
  return notes;
}

/** The server syncs on a timer unless `sync_interval` is set, which it does not report. */
function powerCut(replicas: number): string {
  const where =
    replicas === 1 ? "a power cut" : `a power cut at most of the ${replicas} servers at once`;
  return `warning: ${where} can lose orders acknowledged in the last two minutes, unless the server is configured with sync_interval: always (which it does not report)`;
}
