import { randomBytes } from "node:crypto";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemMessage } from "../error-message.js";
import { OrdersError, systemErrorCode } from "../errors.js";
import { wholeLines } from "./formats/whole-lines.js";

/**
 * Lines that are read back once all of them are known: a few from memory, many from a temporary file, which nobody
 * else can read and which has no name.
 */
export class Spool {
  #lines: string[] = [];
  #characters = 0;
  #file: FileHandle | undefined;

  /** @throws {OrdersError} `disk-full`, `permission-denied`, `store-failed`. */
  async add(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      this.#lines.push(line);
      this.#characters += line.length;
    }
    if (this.#characters >= MOST_IN_MEMORY) await this.#write();
  }

  /** The lines, as many at a time as are read together. */
  async *read(): AsyncGenerator<readonly string[], void> {
    if (this.#file === undefined) {
      yield this.#lines;
      return;
    }
    await this.#write();
    const blocks = this.#file.createReadStream({ ...FROM_START, highWaterMark: MOST_IN_MEMORY });
    for await (const block of wholeLines(blocks)) {
      if (block.length > 0) yield block.toString("utf8").split("\n");
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }

  async #write(): Promise<void> {
    try {
      this.#file ??= await openTemporary();
      await this.#file.writeFile(this.#lines.map((line) => `${line}\n`).join(""));
    } catch (cause) {
      const message = `cannot keep the orders in ${tmpdir()}: ${systemMessage(cause)}`;
      const hint = "nothing was imported; TMPDIR names another directory";
      throw new OrdersError(systemErrorCode(cause), message, { cause, hint });
    }
    this.#lines = [];
    this.#characters = 0;
  }
}

const MOST_IN_MEMORY = 1024 * 1024;
const FROM_START = { start: 0, autoClose: false };

async function openTemporary(): Promise<FileHandle> {
  const path = join(tmpdir(), `orders-${randomBytes(8).toString("hex")}`);
  const file = await open(path, "wx+", 0o600);
  await unlink(path).catch(() => {}); // Windows keeps it
  return file;
}
