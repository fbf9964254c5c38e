import type { StreamInfo } from "@nats-io/jetstream";
import type { Damage, Note, StoreReport } from "../../order-store.js";
import type { Range } from "../../records/late-orders.js";
import { OrderCheck } from "../../records/order-check.js";
import { decodeRecord, isDamage } from "../messages/order-codec.js";
import { readBatches } from "../messages/read-messages.js";
import type { ServerConnection } from "../server/server-connection.js";
import { phrase, problemsOf } from "../server/stream-problems.js";
import { isShared, orderStream, streamInfo } from "../server/streams.js";
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
  const first = info.config.first_seq || 1;
  const gaps: Range[] = [];
  let next = first;
  let someImported = false;
  for await (const batch of readBatches(server, all)) {
    for (const message of batch) {
      if (message.seq > next) gaps.push({ from: next, to: message.seq });
      next = message.seq + 1;
      const decoded = decodeRecord(location.stream, message);
      if (decoded === undefined) continue;
      if (isDamage(decoded)) {
        damage.push(decoded);
        continue;
      }
      someImported ||= decoded.isImported;
      if (decoded.kind === "order") orders++;
      const problem =
        decoded.kind === "order"
          ? check.problemOf(decoded.order)
          : check.closingProblemOf(decoded.closing);
      if (problem === undefined) continue;
      damage.push({ location: `${location.stream}:${message.seq}`, ...problem });
    }
  }
  if (next <= info.state.last_seq) gaps.push({ from: next, to: info.state.last_seq + 1 });
  const version = await server.ask("check the store", async ({ nc }) => nc.info?.version);
  const name = location.stream;
  const problems = problemsOf(info, orderStream(location));
  const notes = [
    ...guarantees(info, version),
    ...problems.map(({ loss, ...difference }): Note => {
      const isSafe = loss === "never";
      const subject = isSafe ? `stream ${name}` : `warning: stream ${name} can lose orders`;
      const message = `${subject}: ${phrase(difference)}`;
      return { kind: "configuration", location: name, ...difference, message };
    }),
  ];
  // Of an id that was placed and imported at once one message is taken back; anybody's other gap is a loss.
  const isLoss = !someImported || problems.some(({ loss }) => loss !== "never");
  for (const { from, to } of isShared(info, location) ? [] : gaps) {
    const messages = to - from;
    const isOne = messages === 1;
    const at = `${name}:${from}${isOne ? "" : `-${to - 1}`}`;
    const problem = isOne ? "a message is missing" : `${messages} messages are missing`;
    if (isLoss || from === first) damage.push({ kind: "missing", location: at, problem });
    else notes.push({ kind: "gap", location: at, messages, message: `warning: ${at}: ${problem}` });
  }
  return { orders, damage, notes };
}

function guarantees({ config, cluster, state }: StreamInfo, version = ""): Note[] {
  const { name: location, num_replicas: replicas } = config;
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
  notes.push({ kind: "power-cut", location, replicas, message: powerCut(replicas) });
  return notes;
}

/** The server syncs on a timer unless `sync_interval` is set, which it does not report. */
function powerCut(replicas: number): string {
  const where =
    replicas === 1 ? "a power cut" : `a power cut at most of the ${replicas} servers at once`;
  return `warning: ${where} can lose orders acknowledged in the last two minutes, unless the server is configured with sync_interval: always (which it does not report)`;
}
