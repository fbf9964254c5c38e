import { existsSync, mkdirSync, readdirSync, realpathSync, rmdirSync, rmSync } from "node:fs";
import type { Server } from "node:net";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { directoryMode, isMissing } from "./directory.js";
import { withSocketPath } from "./socket-path.js";

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
  mkdirSync(lock, { recursive: true, mode: directoryMode(dirname(lock)) });
  const { createServer } = await import("node:net");
  const server = createServer((socket) => socket.destroy());
  try {
    // Others who may write to the directory must be able to connect, to know that we are there.
    await withSocketPath(lock, own, (path) =>
      listenOn(server, { path, readableAll: true, writableAll: true }),
    );
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
  server.unref();
  return async () => {
    await new Promise((closed) => server.close(closed));
    rmSync(join(lock, own), { force: true }); // unless closing has: it was bound by another path
    try {
      rmdirSync(lock);
    } catch {
      // Others wait there.
    }
  };
}

/** The sockets on which somebody listens. */
async function listening(lock: string): Promise<string[]> {
  let names: string[];
  try {
    names = readdirSync(lock);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
  const answers = await Promise.all(names.map((name) => isListening(lock, name)));
  return names.filter((_, index) => answers[index]);
}

async function isListening(lock: string, name: string): Promise<boolean> {
  const { connect } = await import("node:net");
  const answers = (path: string) =>
    new Promise<boolean>((resolve) => {
      const socket = connect(path, () => {
        socket.destroy();
        resolve(true);
      });
      // Only a refusal says that nobody listens: who may not connect cannot know.
      socket.once("error", ({ code }: NodeJS.ErrnoException) => {
        resolve(code !== "ECONNREFUSED" && code !== "ENOENT");
      });
    });
  try {
    return await withSocketPath(lock, name, answers);
  } catch (error) {
    if (isMissing(error)) return false; // the directory was removed in between
    throw error;
  }
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
  // Windows takes `C:\Shop` and `c:\shop` for one directory.
  const place = join(realpathSync.native(directory), name);
  const path = `\\\\?\\pipe\\orders-${createHash("sha256").update(place).digest("hex")}`;
  try {
    await listenOn(server, { path });
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
