import { describe, expect, it } from "vitest";
import { expectNothingLost } from "../support/acknowledged.js";
import { aRandomMoment, startPlaceOrder, startWriter } from "../support/crash-harness.js";
import { runCli } from "../support/run-cli.js";
import { SOAK } from "../support/soak.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

describe("a process that is killed while it places orders", () => {
  it.each([
    [1, 20],
    [3, 12],
  ])("loses no acknowledged order and doubles none, %i at once", async (count, rounds) => {
    const store = temporaryDirectory();
    const acknowledged: string[] = [];
    for (let round = 0; round < rounds * SOAK; round++) {
      const writers = Array.from({ length: count }, () => startWriter(store));
      await Promise.all(writers.map(({ acknowledgedOne }) => acknowledgedOne));
      // One after another: the others go on writing behind what is left of the first one's line.
      for (const writer of writers) {
        await aRandomMoment(8);
        acknowledged.push(...(await writer.kill()));
      }
      acknowledged.push(await placeAtOnce(store));
    }
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
    await expectNothingLost(store, acknowledged);
  });

  it("loses no acknowledged order whenever place-order is killed", async () => {
    const store = temporaryDirectory();
    const acknowledged: string[] = [];
    for (let round = 0; round < 10 * SOAK; round++) {
      // Unhurried, one takes about so long: the other one is killed at any moment of that time.
      const start = performance.now();
      const unhurried = startPlaceOrder(store);
      await unhurried.acknowledgedOne;
      const most = performance.now() - start;
      acknowledged.push(...(await unhurried.kill()));
      const victim = startPlaceOrder(store);
      await aRandomMoment(1.2 * most);
      acknowledged.push(...(await victim.kill()));
    }
    expect(new Set(acknowledged).size).toBe(acknowledged.length);
    await expectNothingLost(store, acknowledged);
  });
});

/** Places an order in a store that a crash left, which must work without any waiting; its id. */
async function placeAtOnce(store: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli(["place-order", "-q", "after"], { store });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout.trimEnd();
}
