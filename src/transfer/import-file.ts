import { createHash, type Hash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { type FileHandle, open, unlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf, systemMessage } from "../error-message.js";
import { OrdersError, systemErrorCode } from "../errors.js";

/**
 * A file that is read more than once: what comes from a pipe is put into a temporary file first, which
 * nobody else can read and which has no name.
 */
export class ImportFile {
  /** As messages call it. */
  readonly name: string;
  readonly #file: FileHandle;

  private constructor(name: string, file: FileHandle) {
    this.name = name;
    this.#file = file;
  }

  /** @throws {OrdersError} `invalid-usage` if it cannot be read. */
  static async open(path: string): Promise<ImportFile> {
    let file: FileHandle | undefined;
    try {
      file = await open(path, "r");
      const stats = await file.stat();
      if (stats.isFile()) return new ImportFile(path, file);
      if (stats.isDirectory()) throw new Error("it is a directory");
    } catch (cause) {
      await file?.close();
      const message = `cannot read ${path}: ${systemMessage(cause)}`;
      throw new OrdersError("invalid-usage", message, { cause });
    }
    return ImportFile.of(path, file.createReadStream()); // which closes it
  }

  /**
   * Puts what a stream has into a temporary file.
   *
   * @throws {OrdersError} `disk-full`, `store-failed`.
   */
  static async of(name: string, chunks: AsyncIterable<Uint8Array>): Promise<ImportFile> {
    let file: FileHandle | undefined;
    try {
      const path = join(tmpdir(), `orders-${randomBytes(8).toString("hex")}`);
      const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL;
      file = await open(path, flags, 0o600);
      await unlink(path).catch(() => {}); // Windows keeps it
      for await (const chunk of chunks) await file.writeFile(chunk);
      return new ImportFile(name, file);
    } catch (cause) {
      await file?.close();
      const message = `cannot keep ${name} for reading it twice: ${messageOf(cause)}`;
      throw new OrdersError(systemErrorCode(cause), message, {
        cause,
        hint: "nothing was imported",
      });
    }
  }

  /** How many bytes it has. */
  async size(): Promise<number> {
    return (await this.#file.stat()).size;
  }

  /** Tells one state of the file from another. */
  async version(): Promise<string> {
    const { size, mtimeMs } = await this.#file.stat();
    return `${size} ${mtimeMs}`;
  }

  /** All of it, from the beginning, in blocks. */
  async *read(hash?: Hash): AsyncGenerator<Buffer, void> {
    for (let at = 0; ; ) {
      const { bytesRead, buffer } = await this.#file.read(
        Buffer.alloc(BLOCK_BYTES),
        0,
        BLOCK_BYTES,
        at,
      );
      if (bytesRead === 0) return;
      const block = buffer.subarray(0, bytesRead);
      hash?.update(block);
      yield block;
      at += bytesRead;
    }
  }

  /** The first bytes of it. */
  async begin(): Promise<Buffer> {
    for await (const block of this.read()) return block;
    return Buffer.alloc(0);
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

const BLOCK_BYTES = 1024 * 1024;

/** For {@link ImportFile.read}. */
export function newHash(): Hash {
  return createHash("sha256");
}
