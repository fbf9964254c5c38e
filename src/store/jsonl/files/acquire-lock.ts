import { mkdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "../lines/crc32.js";

/**
 * Holds a name in a directory so that no other process of this machine can, until the returned
 * function is called or this process ends, however it ends: nothing is left behind to go stale.
 *
 * What is held is the address of a socket on which nobody ever talks: on Linux an abstract one, on
 * Windows a pipe, both gone with their process
 * ({@link https://man7.org/linux/man-pages/man7/unix.7.html unix(7)}). Elsewhere it is a file, and
 * one that nobody answers on is left over and is taken.
 *
 * @returns `undefined` if somebody else holds the name.
 */
export async function acquireLock(
  directory: string,
  name: string,
): Promise<(() => Promise<void>) | undefined> {
  mkdirSync(directory, { recursive: true });
  const { dev, ino } = statSync(directory, { bigint: true });
  const path = address(`${dev}-${ino}`, name);
  return (await listen(path)) ?? ((await isLeftOver(path)) ? await listen(path) : undefined);
}

function address(directory: string, name: string): string {
  if (process.platform === "linux") return `\0orders/${directory}/${name}`;
  if (process.platform === "win32") return `\\\\?\\pipe\\orders-${directory}-${name}`;
  return join(tmpdir(), `orders-${directory}-${crc32(Buffer.from(name))}.sock`);
}

async function listen(path: string): Promise<(() => Promise<void>) | undefined> {
  const { createServer } = await import("node:net");
  const server = createServer((socket) => socket.destroy());
  return new Promise((resolve, reject) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EADDRINUSE") resolve(undefined);
      else reject(error);
    });
    server.listen({ path, exclusive: true }, () => {
      server.unref();
      resolve(() => new Promise((closed) => server.close(() => closed())));
    });
  });
}

async function isLeftOver(path: string): Promise<boolean> {
  if (process.platform === "linux" || process.platform === "win32") return false;
  const { connect } = await import("node:net");
  const answered = await new Promise<boolean>((resolve) => {
    const socket = connect(path, () => resolve(true));
    socket.once("error", () => resolve(false));
    socket.unref();
  });
  if (!answered) rmSync(path, { force: true });
  return !answered;
}
