import { realpathSync, statSync } from "node:fs";
import { systemMessage } from "../../error-message.js";
import { OrdersError } from "../../errors.js";
import { replaceFile } from "../../store/jsonl/files/replace-file.js";

/**
 * Writes a file as a whole: see {@link replaceFile}. One that exists keeps its mode; a link stays one.
 *
 * @throws {OrdersError} `output-failed`: the file is as it was.
 */
export function writeWholeFile(path: string, text: string): void {
  try {
    const existing = statSync(path, { throwIfNoEntry: false });
    if (existing !== undefined && !existing.isFile()) throw new Error("not a file");
    const target = existing === undefined ? path : realpathSync(path);
    replaceFile(target, text, existing?.mode);
  } catch (error) {
    const message = `cannot write ${path}: ${systemMessage(error)}`;
    throw new OrdersError("output-failed", message, { cause: error });
  }
}
