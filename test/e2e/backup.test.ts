import { cpSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startWriter } from "../support/crash-harness.js";
import { runCli } from "../support/run-cli.js";
import { stored } from "../support/stored.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

it("A copy of a store that is being written to is a store, with all that was stored before", async () => {
  const store = temporaryDirectory();
  const copies = temporaryDirectory();
  const writers = [startWriter(store), startWriter(store)];
  await Promise.all(writers.map(({ acknowledgedOne }) => acknowledgedOne));
  for (let n = 0; n < 8; n++) {
    const before = idsIn(store);
    const copy = join(copies, String(n));
    cpSync(store, copy, { recursive: true });
    const { exitCode, stderr } = await runCli(["check"], { store: copy });
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^(?:orders\.jsonl ends in a torn line .*\n)?$/);
    expect(idsIn(copy).slice(0, before.length)).toEqual(before);
    expect((await runCli(["place-order", "-q", "tv"], { store: copy })).exitCode).toBe(0);
    expect((await runCli(["check"], { store: copy })).stderr).toBe("");
  }
  for (const writer of writers) await writer.kill();
});

/** In the order of storing. */
function idsIn(store: string): string[] {
  return stored(store).map(({ id }) => id);
}
