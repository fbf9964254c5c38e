import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/** How many bytes of open files an action reads, and how many files it reads as a whole. */
export async function countReads(action: () => unknown): Promise<{ bytes: number; files: number }> {
  const { readSync, readFileSync } = fs;
  const counted = { bytes: 0, files: 0 };
  fs.readSync = ((...args: Parameters<typeof readSync>) => {
    const count = readSync(...args);
    counted.bytes += count;
    return count;
  }) as typeof readSync;
  fs.readFileSync = ((...args: Parameters<typeof readFileSync>) => {
    counted.files++;
    return readFileSync(...args);
  }) as typeof readFileSync;
  syncBuiltinESMExports();
  try {
    await action();
  } finally {
    Object.assign(fs, { readSync, readFileSync });
    syncBuiltinESMExports();
  }
  return counted;
}
