import type { StreamConfig } from "@nats-io/jetstream";
import { OrdersError } from "../../../errors.js";
import type { SetUp } from "../../order-store.js";
import type { Connected, ServerConnection } from "./server-connection.js";
import { phrase, problemsOf } from "./stream-problems.js";
import { createIfMissing, orderStream, parkingStream, type WantedStream } from "./streams.js";

/**
 * Creates the streams that are missing, and compares those that exist with what is needed.
 *
 * @param alter change a stream that differs, instead of refusing it.
 */
export async function initStreams(
  server: ServerConnection,
  { alter }: { readonly alter: boolean },
): Promise<SetUp[]> {
  const { location } = server;
  const done: SetUp[] = [];
  for (const wanted of [orderStream(location), parkingStream(location)]) {
    done.push(
      await server.ask("set up the store", (each) =>
        initStream(each, wanted, alter, location.shown),
      ),
    );
  }
  return done;
}

async function initStream(
  connected: Connected,
  wanted: WantedStream,
  alter: boolean,
  shown: string,
): Promise<SetUp> {
  const { name } = wanted;
  const { streams } = connected.jsm;
  connected.known.delete(name);
  const isCreated = await createIfMissing(connected, wanted);
  const info = await streams.info(name);
  const { config } = info;
  const as = `at ${shown}: ${guarantees(config)}`;
  const replicas = config.num_replicas;
  if (isCreated) {
    return { state: "created", name, replicas, message: `created stream ${name} ${as}` };
  }
  const changes = problemsOf(info, wanted).map(({ loss: _, ...difference }) => difference);
  if (changes.length === 0) {
    return { state: "exists", name, replicas, message: `stream ${name} exists ${as}` };
  }
  const differing = changes.map(phrase).join(", ");
  if (!alter) {
    const message = `stream ${name} is configured differently: ${differing}: ${shown}`;
    throw new OrdersError("server-failed", message, {
      hint: "it was left as it is",
      remedy: "alter",
    });
  }
  await streams.update(name, wanted as StreamConfig);
  const message = `changed stream ${name} at ${shown}: ${differing}`;
  return { state: "changed", name, replicas: wanted.num_replicas ?? replicas, changes, message };
}

function guarantees({ num_replicas: replicas, max_bytes: maxBytes }: StreamConfig): string {
  const copies = replicas === 1 ? "1 replica" : `${replicas} replicas`;
  const size = maxBytes > 0 ? `at most ${maxBytes} bytes, ` : "";
  return `${copies} on disk, no age limit, ${size}refuses when full`;
}
