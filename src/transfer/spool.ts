import { randomBytes } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemMessage } from "../error-message.js";
import { OrdersError, systemErrorCode } from "../errors.js";
import { wholeLines } from "./formats/whole-lines.js";
import { blocksOf } from "./import-file.js";

/**
 * Lines that are read back once all of them are known: a few from memory, many from a temporary file, which nobody
 * else can read and which has no name.
 */
export class Spool {
  #waiting: Uint8Array[] = [];
  #bytes = 0;
  #file: FileHandle | undefined;

  /**
   * @param lines whole ones, each with its newline.
   * @throws {OrdersError} `disk-full`, `permission-denied`, `store-failed`.
   */
  async add(lines: Uint8Array): Promise<void> {
    this.#waiting.push(lines);
    this.#bytes += lines.length;
    if (this.#bytes >= MOST_IN_MEMORY) await this.#write();
  }

  /** The lines, as many at a time as are read together. The last one of each has no newline. */
  async *read(): AsyncGenerator<Buffer, void> {
    if (this.#file !== undefined) await this.#write();
    const blocks = this.#file ? blocksOf(this.#file) : this.#inMemory();
    for await (const block of wholeLines(blocks)) if (block.length > 0) yield block;
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }

  async *#inMemory(): AsyncGenerator<Uint8Array, void> {
    yield* this.#waiting;
  }

  async #write(): Promise<void> {
    try {
      this.#file ??= await openTemporary();
      await this.#file.writeFile(Buffer.concat(this.#waiting));
    } catch (cause) {
      const message = `cannot keep the orders in ${tmpdir()}: ${systemMessage(cause)}`;
      const hint = "nothing was imported; TMPDIR names another directory";
      throw new OrdersError(systemErrorCode(cause), message, { cause, hint });
    }
    this.#waiting = [];
    this.#bytes = 0;
  }
}

const MOST_IN_MEMORY = 1024 * 1024;

async function openTemporary(): Promise<FileHandle> {
  const path = join(tmpdir(), `orders-${randomBytes(8).toString("hex")}`);
  const file = await open(path, "wx+", 0o600);
  await unlink(path).catch(() => {}); // Windows keeps it
  return file;
}
