import { randomBytes } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemMessage } from "../error-message.js";
import { OrdersError, systemErrorCode } from "../errors.js";
import { lineBlocks } from "./formats/line-blocks.js";

/**
 * Lines that are read back once all of them are known: a few from memory, many from a temporary file, which nobody
 * else can read and which has no name.
 */
export class Spool {
  readonly #buffer = Buffer.allocUnsafe(MOST_IN_MEMORY);
  #end = 0;
  #file: FileHandle | undefined;

  /**
   * @param pieces of lines, each of which but the last has a newline.
   * @throws {OrdersError} `disk-full`, `permission-denied`, `store-failed`.
   */
  async add(pieces: readonly Uint8Array[]): Promise<void> {
    for (const piece of pieces) {
      for (let from = 0; from < piece.length; ) {
        const part = piece.subarray(from, from + this.#buffer.length - this.#end);
        this.#buffer.set(part, this.#end);
        from += part.length;
        this.#end += part.length;
        if (this.#end === this.#buffer.length) await this.#write();
      }
    }
  }

  /** The lines, as many at a time as are read together: see {@link lineBlocks}. They can be read more than once. */
  async *read(): AsyncGenerator<Buffer, void> {
    if (this.#file === undefined) {
      if (this.#end > 0) yield this.#buffer.subarray(0, this.#end);
      return;
    }
    await this.#write();
    yield* lineBlocks(this.#file);
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }

  async #write(): Promise<void> {
    try {
      this.#file ??= await openTemporary();
      await this.#file.writeFile(this.#buffer.subarray(0, this.#end));
    } catch (cause) {
      const message = `cannot keep the orders in ${tmpdir()}: ${systemMessage(cause)}`;
      const hint = "nothing was imported; TMPDIR names another directory";
      throw new OrdersError(systemErrorCode(cause), message, { cause, hint });
    }
    this.#end = 0;
  }
}

const MOST_IN_MEMORY = 1024 * 1024;

async function openTemporary(): Promise<FileHandle> {
  const path = join(tmpdir(), `orders-${randomBytes(8).toString("hex")}`);
  const file = await open(path, "wx+", 0o600);
  await unlink(path).catch(() => {}); // Windows keeps it
  return file;
}
