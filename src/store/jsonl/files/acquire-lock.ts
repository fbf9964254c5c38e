import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmdirSync,
  rmSync,
} from "node:fs";
import type { Server } from "node:net";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

/**
 * Acquires the lock of a name in a directory, which one process at a time holds until it calls the
 * returned function or ends, however it ends: nothing is left behind that could go stale.
 *
 * Each process that wants the lock listens on a socket of its own in `<name>.lock/`, and then looks
 * whether another one there answers. Who finds that none does holds the lock: of two, the one that
 * looks last has been listening while the other looked. Sockets of processes that are gone refuse
 * connections, and the holder removes them. Only who may write to the directory can be in the way.
 *
 * @returns `undefined` if another process holds it.
 * @throws {Error} a system error, for example if the file system has no sockets.
 */
export async function acquireLock(
  directory: string,
  name: string,
): Promise<(() => Promise<void>) | undefined> {
  if (process.platform === "win32") return acquirePipe(directory, name);
  const lock = join(directory, `${name}.lock`);
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    if ((await listening(lock)).length === 0) {
      const release = await contend(lock);
      if (release !== undefined) return release;
    }
    await pause(5 + 20 * Math.random()); // others came at the same time, or somebody holds it
  }
  return undefined;
}

/** Half a second. Counted and not timed: on a busy machine those who come together need longer. */
const MAX_TRIES = 32;
/** The least that any system allows a socket's path: {@link https://man7.org/linux/man-pages/man7/unix.7.html unix(7)}. */
const MAX_SOCKET_PATH_BYTES = 103;

async function contend(lock: string): Promise<(() => Promise<void>) | undefined> {
  const own = `${Date.now()}-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const close = await listen(lock, own);
  if (close === undefined) return undefined;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const others = (await listening(lock)).filter((other) => other !== own);
    if (others.length === 0) {
      // A holder takes a socket that does not listen yet for one that is left behind.
      if (!existsSync(join(lock, own))) break;
      removeAbandoned(lock, own);
      return close;
    }
    if (others.some((other) => other < own)) break; // the first of those who came together waits
    await pause(15);
  }
  await close();
  return undefined;
}

/** Listens; returns what ends that, or `undefined` if the directory was removed in between. */
async function listen(lock: string, own: string): Promise<(() => Promise<void>) | undefined> {
  mkdirSync(lock, { recursive: true });
  const { createServer } = await import("node:net");
  const server = createServer((socket) => socket.destroy());
  const directory = openSync(lock, "r");
  try {
    // Others who may write to the directory must be able to connect, to know that we are there.
    await listenOn(server, {
      path: socketPath(lock, own, directory),
      readableAll: true,
      writableAll: true,
    });
  } catch (error) {
    closeSync(directory);
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  server.unref();
  return async () => {
    await new Promise((closed) => server.close(closed)); // removes the socket
    closeSync(directory);
    try {
      rmdirSync(lock);
    } catch {
      // Others wait there.
    }
  };
}

/** The sockets on which somebody listens. */
async function listening(lock: string): Promise<string[]> {
  let directory: number;
  try {
    directory = openSync(lock, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
  try {
    const names = readdirSync(lock);
    const answers = await Promise.all(
      names.map((name) => isListening(socketPath(lock, name, directory))),
    );
    return names.filter((_, index) => answers[index]);
  } finally {
    closeSync(directory);
  }
}

/** Only a refusal says that nobody listens: who may not connect cannot know. */
async function isListening(path: string): Promise<boolean> {
  const { connect } = await import("node:net");
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", ({ code }: NodeJS.ErrnoException) => {
      resolve(code !== "ECONNREFUSED" && code !== "ENOENT");
    });
  });
}

/** The path of a socket, by way of the open directory where it is too long otherwise. */
function socketPath(lock: string, name: string, directory: number): string {
  const path = join(lock, name);
  if (Buffer.byteLength(path) <= MAX_SOCKET_PATH_BYTES) return path;
  if (process.platform === "linux") return `/proc/self/fd/${directory}/${name}`;
  throw Object.assign(
    new Error(`ENAMETOOLONG: the path is too long for a lock, listen '${path}'`),
    {
      code: "ENAMETOOLONG",
      syscall: "listen",
    },
  );
}

function removeAbandoned(lock: string, own: string): void {
  for (const name of readdirSync(lock)) {
    if (name === own) continue;
    try {
      rmSync(join(lock, name), { force: true });
    } catch {
      // It is another user's, and does no harm.
    }
  }
}

async function acquirePipe(
  directory: string,
  name: string,
): Promise<(() => Promise<void>) | undefined> {
  const { createServer } = await import("node:net");
  const { createHash } = await import("node:crypto");
  const server = createServer((socket) => socket.destroy());
  const place = createHash("sha256").update(join(directory, name)).digest("hex");
  try {
    await listenOn(server, { path: `\\\\?\\pipe\\orders-${place}` });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return undefined;
    throw error;
  }
  server.unref();
  return () => new Promise((resolve) => server.close(() => resolve()));
}

function listenOn(server: Server, options: import("node:net").ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ exclusive: true, ...options }, resolve);
  });
}
