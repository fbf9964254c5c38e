import { subscribe } from "node:diagnostics_channel";
import type { Socket } from "node:net";
import { hostAndPort } from "./server-location.js";

/** By the port of a server, how long it may send nothing. */
const silenceLimitsMs = new Map<number, number>();

/**
 * Destroys connections to these servers, each `host:port`, that have received nothing for so long.
 * The client gives up on them but leaves them open, which keeps a process from ending, and fills a
 * watcher that reconnects with open files.
 */
export function destroySilentSockets(servers: readonly string[], afterMs: number): void {
  if (silenceLimitsMs.size === 0) subscribe("net.client.socket", watchSocket);
  for (const server of servers) silenceLimitsMs.set(hostAndPort(server).port, afterMs);
}

function watchSocket(message: unknown): void {
  const { socket } = message as { socket: Socket };
  socket.once("connect", () => {
    const limitMs = silenceLimitsMs.get(socket.remotePort ?? 0);
    if (limitMs === undefined) return;
    setTimeout(() => {
      if (socket.bytesRead === 0) socket.destroy();
    }, limitMs).unref();
  });
}
