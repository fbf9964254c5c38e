import {
  closeSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { systemMessage } from "../error-message.js";
import { OrdersError } from "../errors.js";

/**
 * Writes a file as a whole: it is written under a temporary name beside it and renamed, so that
 * whoever reads the file finds the old text or the new one. A file that exists keeps its mode; a link
 * stays one.
 *
 * @throws {OrdersError} `output-failed`: the file is as it was.
 */
export function writeWholeFile(path: string, text: string): void {
  try {
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing !== undefined && !existing.isFile()) throw new Error("not a file");
    const target = existing === undefined ? path : realpathSync(path);
    replaceFile(target, text, existing?.mode ?? 0o666);
  } catch (error) {
    const message = `cannot write ${path}: ${systemMessage(error)}`;
    throw new OrdersError("output-failed", message, { cause: error });
  }
}

function replaceFile(path: string, text: string, mode: number): void {
  const temporary = `${path}.${process.pid}.tmp`;
  const fd = openSync(temporary, "wx", mode);
  try {
    writeAndClose(fd, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

function writeAndClose(fd: number, text: string): void {
  try {
    writeFileSync(fd, text);
  } finally {
    closeSync(fd);
  }
}
