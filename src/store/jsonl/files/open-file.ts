import { closeSync, openSync } from "node:fs";
import { isMissing } from "./directory.js";

/** Does something with a file that is open for reading; `undefined`: there is no file. */
export function withFile<T>(path: string, action: (fd: number | undefined) => T): T {
  const fd = openForReading(path);
  try {
    return action(fd);
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

/** Opens a file for reading; `undefined`: there is no file. */
export function openForReading(path: string): number | undefined {
  try {
    return openSync(path, "r");
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
