import { OrdersError } from "../../errors.js";
import type { Connected, ServerConnection } from "./connection/server-connection.js";
import { parkingStream } from "./parking.js";
import { differences, orderStream, streamInfo, type WantedStream } from "./streams.js";

/**
 * Creates the streams that are missing, and looks at those that are there.
 *
 * @param alter whether one that differs is changed; else it is refused and left as it is.
 * @returns what was done, a sentence each.
 */
export async function initStreams(
  server: ServerConnection,
  { alter }: { readonly alter: boolean },
): Promise<string[]> {
  const { location } = server;
  const done: string[] = [];
  for (const wanted of [orderStream(location), parkingStream(location)]) {
    done.push(
      await server.ask("set the store up", (connected) =>
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
): Promise<string> {
  const { streams } = connected.jsm;
  const info = await streamInfo(connected, wanted.name);
  if (info === undefined) {
    const { config } = await streams.add({ ...wanted, num_replicas: wanted.num_replicas ?? 1 });
    return `created stream ${wanted.name} at ${shown}: ${promise(config.num_replicas)}`;
  }
  const differing = differences(info.config, wanted);
  if (differing.length === 0) {
    return `stream ${wanted.name} is there at ${shown}: ${promise(info.config.num_replicas)}`;
  }
  if (!alter) {
    throw new OrdersError(
      "server-failed",
      `stream ${wanted.name} is not as it should be: ${differing.join(", ")}: ${shown}`,
      { hint: "it was left as it is; orders init --alter changes it" },
    );
  }
  const { name, storage, retention, ...changeable } = wanted;
  await streams.update(name, changeable);
  return `changed stream ${name} at ${shown}: ${differing.join(", ")}`;
}

function promise(replicas: number): string {
  const copies = replicas === 1 ? "one replica" : `${replicas} replicas`;
  return `${copies} on disk, no age limit, refuses when full`;
}
