import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A new directory that is removed when the running test ends: its real path, as a process in it sees it. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(realpathSync.native(tmpdir()), "orders-test-"));
  // On Windows a process that was killed a moment ago may still have it open.
  onTestFinished(() => rmSync(path, { recursive: true, force: true, maxRetries: 10 }));
  return path;
}
