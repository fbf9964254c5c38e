import { constants, openSync, write, writeSync } from "node:fs";
import { systemMessage } from "../../error-message.js";
import { OrdersError } from "../../errors.js";

/** Writes all of the bytes; `false` if the reader is gone. */
export function writeFully(fd: number, bytes: Uint8Array): boolean {
  for (let rest = bytes; rest.length > 0; ) {
    try {
      rest = rest.subarray(writeSync(fd, rest));
    } catch (error) {
      if (!isFull(error)) return readerGone(error);
      // The pipe is non-blocking and full: let its reader catch up.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
  return true;
}

/**
 * Writes without waiting in a system call: see {@link Output.writeInBackground}. A pipe or terminal is
 * opened once more, non-blocking, which other holders of it do not notice; a socket cannot be opened, and
 * another thread waits for it.
 */
export function backgroundWriter(fd: number): (text: string) => Promise<boolean> {
  let own: number | undefined;
  return async (text) => {
    own ??= openNonBlocking(fd);
    for (let rest = Buffer.from(text); rest.length > 0; ) {
      try {
        rest = rest.subarray(own === -1 ? await writeOnThread(fd, rest) : writeSync(own, rest));
      } catch (error) {
        if (!isFull(error)) return readerGone(error);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    }
    return true;
  };
}

/** @returns -1 if it cannot be. */
function openNonBlocking(fd: number): number {
  if (process.platform !== "linux") return -1;
  const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
  try {
    return openSync(`/proc/self/fd/${fd}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    return -1;
  }
}

function writeOnThread(fd: number, bytes: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, (error, written) => (error ? reject(error) : resolve(written)));
  });
}

/** Whether a pipe is non-blocking, and full. */
function isFull(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === "EAGAIN";
}

/**
 * @returns `false` if the reader is gone.
 * @throws {OrdersError} `output-failed` for everything else.
 */
function readerGone(error: unknown): false {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "EPIPE" || code === "EOF") return false; // Windows says either
  const message = `cannot write to stdout: ${systemMessage(error)}`;
  throw new OrdersError("output-failed", message, { cause: error });
}
