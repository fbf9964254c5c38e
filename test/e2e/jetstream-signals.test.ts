import { expect, it, onTestFinished } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import { holdingBack } from "../support/holding-back.js";
import { describeWithServer, startServer } from "../support/nats-server.js";
import { ON_WINDOWS } from "../support/needs.js";
import { all } from "../support/orders.js";
import { runOrders } from "../support/run-orders.js";
import { SOAK } from "../support/soak.js";

const ROUNDS = 3 * SOAK;

describeWithServer("a signal that comes while a server stores an order", () => {
  it.skipIf(ON_WINDOWS)("ends the process once it is acknowledged", async () => {
    const server = await startServer();
    await runOrders(["init"], server.url);
    for (let round = 0; round < ROUNDS; round++) {
      const { url, sent, letGo } = await holdingBack(server);
      const placing = runOrders(["place-order", "-q", "tv"], url);
      await sent;
      placing.kill("SIGINT");
      letGo();
      const { stdout, stderr, signal, exitCode } = await placing;
      expect({ stdout, stderr }).toEqual({
        stdout: expect.stringMatching(/^[0-9a-f-]{36}\n$/),
        stderr: "",
      });
      expect([0, "SIGINT"]).toContain(signal ?? exitCode); // the answer may have come before the signal
    }
  });

  it.skipIf(ON_WINDOWS).each([
    ["place-order", "it may or may not be stored; placing it again with --id"],
    ["cancel", "it may or may not be stored; running it again is safe"],
  ])("ends %s with what is not known if that takes too long", async (verb, hint) => {
    const server = await startServer();
    const id = String((await runOrders(["place-order", "-q", "tv"], server.url)).stdout).trimEnd();
    const { url, sent } = await holdingBack(server);
    const storing = runOrders([verb, verb === "cancel" ? id : "carpet"], url);
    await sent;
    storing.kill("SIGTERM");
    const { stdout, stderr, signal } = await storing;
    expect({ stdout, signal }).toEqual({ stdout: "", signal: "SIGTERM" });
    expect(stderr).toContain(hint);
    const store = await openStore(server.url);
    onTestFinished(() => store.close());
    const ids = (await all(store.list({ state: "any" }))).map((order) => order.id);
    expect(ids.some((each) => String(stderr).includes(each))).toBe(true);
  });

  it.skipIf(ON_WINDOWS)("begins no further cancellation of several", async () => {
    const server = await startServer();
    const place = ["place-order", "-q", "tv"];
    const first = String((await runOrders(place, server.url)).stdout).trimEnd();
    const other = String((await runOrders(place, server.url)).stdout).trimEnd();
    const { url, sent } = await holdingBack(server);
    const cancelling = runOrders(["cancel", first, other], url);
    await sent;
    cancelling.kill("SIGTERM");
    const { stdout, stderr, signal } = await cancelling;
    expect({ stdout, signal }).toEqual({ stdout: "", signal: "SIGTERM" });
    expect(stderr).toMatch(new RegExp(`^orders: .*${first}.*\n$`));
    const store = await openStore(server.url);
    onTestFinished(() => store.close());
    expect((await all(store.list())).map((order) => order.id)).toContain(other);
  });
});
