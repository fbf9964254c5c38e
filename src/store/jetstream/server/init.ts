import type { StreamConfig } from "@nats-io/jetstream";
import { OrdersError } from "../../../errors.js";
import type { SetUp } from "../../order-store.js";
import type { Connected, ServerConnection } from "./server-connection.js";
import {
  differences,
  orderStream,
  parkingStream,
  streamInfo,
  type WantedStream,
} from "./streams.js";

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
      await server.ask("set up the store", (connected) =>
        initStream(connected, wanted, alter, location.shown),
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
  const { streams } = connected.jsm;
  const info = await streamInfo(connected, wanted.name);
  if (info === undefined) {
    const { config } = await streams.add({ ...wanted, num_replicas: wanted.num_replicas ?? 1 });
    const message = `created stream ${config.name} at ${shown}: ${guarantees(config)}`;
    return { state: "created", name: config.name, message };
  }
  if (info.config.mirror !== undefined) {
    throw new OrdersError(
      "server-failed",
      `stream ${wanted.name} is a mirror of ${info.config.mirror.name}: ${shown}`,
      {
        hint: "a mirror takes no orders; name another stream with ?stream=…, and copy them",
        remedy: "copy",
      },
    );
  }
  const differing = differences(info.config, wanted);
  if (differing.length === 0) {
    const message = `stream ${wanted.name} exists at ${shown}: ${guarantees(info.config)}`;
    return { state: "exists", name: wanted.name, message };
  }
  if (!alter) {
    throw new OrdersError(
      "server-failed",
      `stream ${wanted.name} is configured differently: ${differing.join(", ")}: ${shown}`,
      { hint: "it was left as it is", remedy: "alter" },
    );
  }
  const { name, storage, retention, ...changeable } = wanted;
  const { config } = await streams.update(name, changeable);
  const left = differences(config, wanted);
  if (left.length > 0) {
    throw new OrdersError(
      "server-failed",
      `stream ${name} cannot be changed in this: ${left.join(", ")}: ${shown}`,
      {
        hint: "name another stream with ?stream=… and another ?prefix=…, and copy the orders",
        remedy: "copy",
      },
    );
  }
  const message = `changed stream ${name} at ${shown}: ${differing.join(", ")}`;
  return { state: "changed", name, message };
}

function guarantees({ num_replicas: replicas, max_bytes: maxBytes }: StreamConfig): string {
  const copies = replicas === 1 ? "1 replica" : `${replicas} replicas`;
  const size = maxBytes > 0 ? `at most ${maxBytes} bytes, ` : "";
  return `${copies} on disk, no age limit, ${size}refuses when full`;
}
