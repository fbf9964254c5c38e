import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/** What an action does with open files. */
export interface Io {
  /** How many bytes it reads. */
  bytes: number;
  /** How many files it reads as a whole. */
  files: number;
  writes: number;
  syncs: number;
}

/** Counts what an action reads, writes and syncs. */
export async function countIo(action: () => unknown): Promise<Io> {
  const { readSync, readFileSync, writeSync, fdatasyncSync } = fs;
  const counted = { bytes: 0, files: 0, writes: 0, syncs: 0 };
  fs.readSync = ((...args: Parameters<typeof readSync>) => {
    const count = readSync(...args);
    counted.bytes += count;
    return count;
  }) as typeof readSync;
  fs.readFileSync = ((...args: Parameters<typeof readFileSync>) => {
    counted.files++;
    return readFileSync(...args);
  }) as typeof readFileSync;
  fs.writeSync = ((...args: Parameters<typeof writeSync>) => {
    counted.writes++;
    return writeSync(...args);
  }) as typeof writeSync;
  fs.fdatasyncSync = (fd) => {
    counted.syncs++;
    fdatasyncSync(fd);
  };
  syncBuiltinESMExports();
  try {
    await action();
  } finally {
    Object.assign(fs, { readSync, readFileSync, writeSync, fdatasyncSync });
    syncBuiltinESMExports();
  }
  return counted;
}
