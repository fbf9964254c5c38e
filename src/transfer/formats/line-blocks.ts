import type { FileHandle } from "node:fs/promises";

/**
 * Reads a file that is no pipe from its beginning on, in blocks of whole lines; the last line may have no newline. All
 * are read into one buffer: a block is there until the next one is asked for.
 */
export async function* lineBlocks(file: FileHandle): AsyncGenerator<Buffer, void> {
  let buffer = Buffer.allocUnsafe(BLOCK_BYTES);
  let end = 0;
  for (let position = 0; ; ) {
    const { bytesRead } = await file.read(buffer, end, buffer.length - end, position);
    position += bytesRead;
    end += bytesRead;
    const bytes = buffer.subarray(0, end);
    const whole = bytesRead === 0 ? end : bytes.lastIndexOf(NEWLINE) + 1;
    if (whole > 0) yield bytes.subarray(0, whole);
    if (bytesRead === 0) return;
    buffer.copyWithin(0, whole, end);
    end -= whole;
    if (end === buffer.length) buffer = Buffer.concat([buffer], 2 * end);
  }
}

const BLOCK_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;
