import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jetstream } from "@nats-io/jetstream";
import { expect, it } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import fc from "../support/fast-check.js";
import { connectTo, describeWithServer, startServer } from "../support/nats-server.js";
import { all, anOrder, anyOrder, byTime } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { runOrders } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { until } from "../support/until.js";

async function ordersIn(location: string) {
  const store = await openStore(location);
  const orders = await all(store.list());
  await store.close();
  return orders;
}

describeWithServer("orders copy, with a server,", () => {
  it("brings every order there and back as it is, in its order", async () => {
    const { url } = await startServer();
    let round = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(anyOrder, { minLength: 1, maxLength: 300 }), async (orders) => {
        const server = `${url}?stream=round-${round++}`;
        const from = temporaryDirectory();
        const store = await openStore(from);
        for (const order of orders) await store.save(order);
        const back = join(from, "back");
        const copied = {
          exitCode: 0,
          stdout: expect.stringContaining(`: ${orders.length} copied, 0 already present`),
          stderr: "",
        };
        expect(await runCli(["copy", "--from", from, "--to", server])).toEqual(copied);
        expect(await ordersIn(server)).toEqual(byTime(orders));
        expect(await runCli(["copy", "--from", server, "--to", back])).toEqual(copied);
        expect(await ordersIn(back)).toEqual(byTime(orders));
      }),
      { numRuns: 5 },
    );
  });

  it("goes on where it was killed, and changes nothing when it is done", async () => {
    const { url } = await startServer();
    const from = temporaryDirectory();
    const store = await openStore(from);
    const orders = Array.from({ length: 10_000 }, () => anOrder());
    await Promise.all(orders.map((order) => store.save(order)));

    const first = runOrders(["copy", "--to", url], from);
    const server = await openStore(url);
    await until(async () => (await server.count()) > 0);
    first.kill("SIGKILL");
    await first;
    await server.close();

    const again = await runCli(["copy", "--from", from, "--to", url, "--json"]);
    const { copied, present } = JSON.parse(again.stdout);
    expect(copied + present).toBe(orders.length);
    expect(present).toBeGreaterThan(0);
    expect(await ordersIn(url)).toEqual(orders);
    const third = await runCli(["copy", "--from", from, "--to", url, "--json"]);
    expect(JSON.parse(third.stdout)).toMatchObject({ copied: 0, present: orders.length });
    expect(await ordersIn(url)).toEqual(orders);
  });

  it("keeps the order of a file while the server is killed and restarted", async () => {
    const server = await startServer();
    const { url } = server;
    const orders = Array.from({ length: 20_000 }, () => anOrder());
    const file = join(temporaryDirectory(), "orders.ndjson");
    writeFileSync(file, orders.map((order) => JSON.stringify(order)).join("\n"));
    const importing = runOrders(["import", file, "--json"], url);
    const store = await openStore(url);
    for (const part of [0.2, 0.6]) {
      await until(async () => (await store.count()) > part * orders.length);
      await server.kill();
      await server.start();
    }
    const { exitCode, stdout } = await importing;
    expect({ exitCode, ...JSON.parse(stdout as string) }).toMatchObject({
      exitCode: 0,
      imported: orders.length,
      present: 0,
    });
    const stored = (await all(store.records())).flat();
    await store.close();
    expect(stored.map((record) => record.kind === "order" && record.order.id)).toEqual(
      orders.map(({ id }) => id),
    );
  });

  it("stores each order once if two copies run at once", async () => {
    const { url } = await startServer();
    const from = temporaryDirectory();
    const store = await openStore(from);
    const orders = Array.from({ length: 2000 }, () => anOrder());
    await Promise.all(orders.map((order) => store.save(order)));
    const copy = ["copy", "--from", from, "--to", url, "--json"];
    const outcomes = await Promise.all([runCli(copy), runCli(copy)]);
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
    const copied = outcomes.map(({ stdout }) => JSON.parse(stdout).copied);
    // An order that had to be sent again may count for both.
    expect(copied[0] + copied[1]).toBeGreaterThanOrEqual(orders.length);
    expect(await ordersIn(url)).toHaveLength(orders.length);
  });

  it("keeps one order, and one cancellation, of an id that is placed and imported at once", async () => {
    const { url } = await startServer();
    const [one, other] = [await openStore(url), await openStore(url)];
    await one.save(anOrder());
    const ids = Array.from({ length: 50 }, () => anOrder().id);
    const cancelledAt = "2026-02-01T10:00:00.000Z";
    for (const [round, id] of ids.entries()) {
      const placed = anOrder({ id, items: ["tv"] });
      const imported = anOrder({ id, items: round % 2 ? ["tv"] : ["desk"] });
      const outcomes = await Promise.allSettled([
        one.saveIfNew(placed),
        other.saveIfNew(imported, { isImported: true }),
      ]);
      const stored = outcomes.filter((each) => each.status === "fulfilled" && !each.value.replayed);
      expect(stored).toHaveLength(1);
      await Promise.all([
        one.closeOrder({ id, cancelledAt }),
        other.closeOrder({ id, cancelledAt }, { isImported: true }),
      ]);
    }
    expect(await one.count({ state: "any" })).toBe(1 + ids.length);
    expect(await one.count()).toBe(1);
    expect(await one.check()).toMatchObject({ orders: 1 + ids.length, damage: [] });
    await Promise.all([one.close(), other.close()]);
  });

  it("stores nothing under an id that holds an order of the other kind", async () => {
    const { url } = await startServer();
    const store = await openStore(url);
    const [placed, imported] = [anOrder({ items: ["tv"] }), anOrder({ items: ["tv"] })];
    await store.save(placed);
    await store.saveIfNew(imported, { isImported: true });
    expect(await store.saveIfNew(placed, { isImported: true })).toMatchObject({ replayed: true });
    expect(await store.saveIfNew(imported)).toMatchObject({ replayed: true });
    for (const [{ id }, isImported] of [
      [placed, true],
      [imported, false],
    ] as const) {
      const desk = anOrder({ id, items: ["desk"] });
      const refused = { code: "conflict", orderId: id };
      await expect(store.saveIfNew(desk, { isImported })).rejects.toMatchObject(refused);
    }
    expect(await all(store.list())).toEqual([placed, imported]);
    await store.close();
  });

  it("copies what is readable beside damage, and names the damage", async () => {
    const server = await startServer();
    const store = await openStore(server.url);
    const orders = [anOrder(), anOrder()];
    for (const order of orders) await store.save(order);
    const js = jetstream(await connectTo(server));
    await js.publish("orders.order-created.x.other", "hello");
    const [there, back] = [join(temporaryDirectory(), "there"), `${server.url}?stream=back`];
    expect(await runCli(["copy", "--from", server.url, "--to", there])).toMatchObject({
      exitCode: 6,
      stdout: expect.stringContaining(": 2 copied, 0 already present"),
      stderr: "orders:3: not an order: not JSON\n",
    });
    appendFileSync(join(there, "orders.jsonl"), "nonsense\n");
    expect(await runCli(["copy", "--from", there, "--to", back])).toMatchObject({
      exitCode: 6,
      stdout: expect.stringContaining(": 2 copied, 0 already present"),
    });
    expect(await runCli(["copy", "--from", there, "--to", server.url])).toMatchObject({
      exitCode: 6,
      stdout: expect.stringContaining(": 0 copied, 2 already present"),
    });
    await store.close();
  });
});
