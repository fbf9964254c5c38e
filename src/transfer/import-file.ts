import { type FileHandle, open } from "node:fs/promises";
import { systemMessage } from "../error-message.js";
import { lineBlocks } from "./formats/line-blocks.js";
import { ImportProblem } from "./import-problem.js";

/** A file to import. */
export interface ImportFile {
  /** As messages call it. */
  readonly name: string;
  /** How many bytes it has, if that is known. */
  readonly size?: number | undefined;
  readonly blocks: AsyncIterable<Uint8Array>;
  /** The same as blocks of whole lines, as often as they are asked for: see {@link lineBlocks}. No pipe has this. */
  lines?(): AsyncIterable<Buffer>;
  /** Lets go of it, also if it was not read to its end. */
  close?(): void;
}

/** @throws {OrdersError} `invalid-usage` if it cannot be read. */
export async function openImportFile(path: string): Promise<ImportFile> {
  try {
    const file = await open(path, "r");
    const stats = await file.stat();
    if (stats.isFile()) {
      const blocks = { [Symbol.asyncIterator]: () => blocksOf(file) };
      const close = () => void file.close();
      return { name: path, size: stats.size, blocks, lines: () => lineBlocks(file), close };
    }
    const blocks = file.createReadStream({ highWaterMark: BLOCK_BYTES });
    const close = () => void blocks.destroy(); // which closes the file
    if (!stats.isDirectory()) return { name: path, blocks, close };
    close();
    throw new Error("it is a directory");
  } catch (cause) {
    throw new ImportProblem("invalid-file", `cannot read ${path}: ${systemMessage(cause)}`);
  }
}

/** What a file holds that is no pipe, from its beginning on. */
async function* blocksOf(file: FileHandle): AsyncGenerator<Uint8Array, void> {
  for (let position = 0; ; ) {
    const block = Buffer.allocUnsafe(BLOCK_BYTES);
    const { bytesRead } = await file.read(block, 0, BLOCK_BYTES, position);
    if (bytesRead === 0) return;
    yield block.subarray(0, bytesRead);
    position += bytesRead;
  }
}

const BLOCK_BYTES = 1024 * 1024;

/** The first bytes of a file, and the same file with them. */
export async function peek(file: ImportFile): Promise<{ begin: Buffer; whole: ImportFile }> {
  const blocks = file.blocks[Symbol.asyncIterator]();
  let bytes = Buffer.alloc(0);
  for (let next = await blocks.next(); !next.done; next = await blocks.next()) {
    bytes = Buffer.concat([bytes, next.value]);
    if (bytes.length >= LEAST_BYTES) break;
  }
  if (file.lines !== undefined) {
    await blocks.return?.();
    return { begin: bytes, whole: file };
  }
  async function* all() {
    yield bytes;
    yield* { [Symbol.asyncIterator]: () => blocks };
  }
  return { begin: bytes, whole: { ...file, blocks: all() } };
}

/** Enough to tell a format; a pipe gives them in parts. */
const LEAST_BYTES = 4096;
