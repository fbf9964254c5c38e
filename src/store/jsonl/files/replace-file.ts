import { closeSync, fdatasyncSync, openSync, renameSync, rmSync, writeFileSync } from "node:fs";

const RENAME_TRIES = 50;
const RENAME_PAUSE_MS = 20;

/**
 * Puts a text in the place of a file, if there is one. Whoever reads it finds the old text whole or the
 * new one whole, also after a crash: it is written to a temporary file beside it, synced, and renamed.
 *
 * @param temporary the name of that, which one process at a time uses: what a crash left there is replaced.
 * @throws {Error} a system error: the file is as it was.
 */
export function replaceFile(
  path: string,
  text: string,
  mode = 0o666,
  temporary = `${path}.${process.pid}.tmp`,
): void {
  rmSync(temporary, { force: true });
  const fd = openSync(temporary, "wx", mode);
  try {
    try {
      writeFileSync(fd, text);
      fdatasyncSync(fd);
    } finally {
      closeSync(fd);
    }
    rename(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Renames over a file. Windows refuses that while anybody, such as a virus scanner, has it open. */
function rename(temporary: string, path: string): void {
  for (let tries = 1; ; tries++) {
    try {
      renameSync(temporary, path);
      return;
    } catch (error) {
      const { code = "" } = error as NodeJS.ErrnoException;
      const isBusy = process.platform === "win32" && ["EPERM", "EACCES", "EBUSY"].includes(code);
      if (!isBusy || tries === RENAME_TRIES) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RENAME_PAUSE_MS);
    }
  }
}
