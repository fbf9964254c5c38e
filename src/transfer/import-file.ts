import { open } from "node:fs/promises";
import { systemMessage } from "../error-message.js";
import { ImportProblem } from "./import-problem.js";

/** A file, which is read once: it can be a pipe. */
export interface ImportFile {
  /** As messages call it. */
  readonly name: string;
  /** How many bytes it has, if that is known. */
  readonly size?: number | undefined;
  readonly blocks: AsyncIterable<Uint8Array>;
  /** Lets go of it, also if it was not read to its end. */
  close?(): void;
}

/** @throws {OrdersError} `invalid-usage` if it cannot be read. */
export async function openImportFile(path: string): Promise<ImportFile> {
  try {
    const file = await open(path, "r");
    const stats = await file.stat();
    const size = stats.isFile() ? stats.size : undefined;
    const blocks = file.createReadStream(BLOCKS);
    const close = () => void blocks.destroy(); // which closes the file
    if (!stats.isDirectory()) return { name: path, size, blocks, close };
    close();
    throw new Error("it is a directory");
  } catch (cause) {
    throw new ImportProblem("invalid-file", `cannot read ${path}: ${systemMessage(cause)}`);
  }
}

const BLOCKS = { highWaterMark: 1024 * 1024 };

/** The first bytes of a file, and the same file with them. */
export async function peek(file: ImportFile): Promise<{ begin: Buffer; whole: ImportFile }> {
  const blocks = file.blocks[Symbol.asyncIterator]();
  let begin = Buffer.alloc(0);
  for (let next = await blocks.next(); !next.done; next = await blocks.next()) {
    begin = Buffer.concat([begin, next.value]);
    if (begin.length >= LEAST_BYTES) break;
  }
  async function* all() {
    yield begin;
    yield* { [Symbol.asyncIterator]: () => blocks };
  }
  return { begin, whole: { ...file, blocks: all() } };
}

/** Enough to tell a format; a pipe gives them in parts. */
const LEAST_BYTES = 4096;
