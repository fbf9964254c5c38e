import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { connect, createServer, type ListenOptions, type Server } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { createWithin, directoryMode, isMissing } from "./directory.js";

/**
 * Acquires a lock, which one process at a time holds until it calls the
 * returned function or ends, however it ends: nothing is left behind that could go stale.
 *
 * Each process that wants the lock listens on a socket of its own in a directory, and then looks
 * whether another one there answers. Who finds that none does holds the lock: of two, the one that
 * looks last has been listening while the other looked. Sockets of processes that are gone refuse
 * connections, and the holder removes them. Only who may write to the directory can be in the way.
 *
 * @param lock the path of that directory, which is removed with the lock.
 * @returns the id of the process that holds it, if another one does.
 * @throws {Error} a system error, for example if the file system has no sockets.
 */
export async function acquireLock(lock: string): Promise<Release | string> {
  if (process.platform === "win32") return acquirePipe(lock);
  const own = `${Date.now()}-${process.pid}-${++attempts}`;
  let close: Release | undefined;
  let others: string[] = [];
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    others = (await listening(lock)).filter((other) => other !== own);
    if (others.length === 0 && close === undefined) {
      close = await listen(lock, own);
      continue; // another may have come meanwhile
    }
    if (others.length === 0 && existsSync(join(lock, own))) {
      removeAbandoned(lock, own);
      return close as Release;
    }
    // Of those who came together the first stays, unless a holder took it for one that is left behind.
    if (others.length === 0 || others.some((other) => other < own)) {
      await close?.();
      close = undefined;
    }
    await pause(5 + 20 * Math.random());
  }
  await close?.();
  return others.sort()[0]?.split("-")[1] ?? ""; // the first has listened for the longest
}

/** Releases a lock. */
export type Release = () => Promise<void>;

let attempts = 0;
/** Half a second. Counted and not timed: on a busy machine those who come together need longer. */
const MAX_TRIES = 40;

/** Listens; returns what ends that, or `undefined` if the directory was removed in between. */
async function listen(lock: string, own: string): Promise<Release | undefined> {
  const server = createServer((socket) => socket.destroy());
  try {
    createWithin(dirname(lock));
    mkdirSync(lock, { recursive: true, mode: directoryMode(dirname(lock)) });
    // Others who may write to the directory must be able to connect, to know that we are there.
    await withSocketPath(lock, own, (path) =>
      listenOn(server, { path, readableAll: true, writableAll: true }),
    );
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
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
  try {
    const names = readdirSync(lock);
    const answers = await Promise.all(names.map((name) => withSocketPath(lock, name, isListening)));
    return names.filter((_, index) => answers[index]);
  } catch (error) {
    if (isMissing(error)) return []; // the directory was removed in between
    throw error;
  }
}

function isListening(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path, () => {
      socket.destroy();
      resolve(true);
    });
    // Only a refusal says that nobody listens: who may not connect cannot know.
    socket.once("error", ({ code }: NodeJS.ErrnoException) => {
      resolve(code !== "ECONNREFUSED" && code !== "ENOENT");
    });
  });
}

function removeAbandoned(lock: string, own: string): void {
  for (const name of readdirSync(lock)) {
    try {
      if (name !== own) rmSync(join(lock, name), { force: true });
    } catch {
      // It is another user's, and does no harm.
    }
  }
}

/** The least that any system allows a socket's path: {@link https://man7.org/linux/man-pages/man7/unix.7.html unix(7)}. */
const MAX_PATH_BYTES = 103;

/** Does something with the path of a socket. One that is too long, as in a home on macOS, is led to by a link. */
async function withSocketPath<T>(
  directory: string,
  name: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const path = join(directory, name);
  if (Buffer.byteLength(path) <= MAX_PATH_BYTES) return use(path);
  const own = mkdtempSync(join(tmpdir(), "orders-")); // where nobody else can lead us elsewhere
  try {
    symlinkSync(directory, join(own, "lock"));
    return await use(join(own, "lock", name));
  } finally {
    rmSync(own, { recursive: true });
  }
}

/** On Windows: there a pipe is held by one process. Who that is stands in a file. */
async function acquirePipe(lock: string): Promise<Release | string> {
  const { createHash } = await import("node:crypto");
  const server = createServer((socket) => socket.destroy());
  createWithin(dirname(lock));
  // Windows takes `C:\Shop` and `c:\shop` for one directory.
  const place = join(realpathSync.native(dirname(lock)), basename(lock));
  const path = `\\\\?\\pipe\\orders-${createHash("sha256").update(place).digest("hex")}`;
  try {
    await listenOn(server, { path });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
    return existsSync(lock) ? readFileSync(lock, "utf8") : "";
  }
  writeFileSync(lock, String(process.pid));
  return () => {
    rmSync(lock, { force: true });
    return new Promise((resolve) => server.close(() => resolve()));
  };
}

function listenOn(server: Server, options: ListenOptions): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ exclusive: true, ...options }, resolve).unref();
  });
}
