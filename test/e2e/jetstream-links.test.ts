import { v4 as uuid } from "uuid";
import { expect, it } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import { linkOfTurns, slowLink } from "../support/link.js";
import { describeWithServer, startServer } from "../support/nats-server.js";
import { anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";

describeWithServer("a server far away", () => {
  it("is asked together what can be asked together", async () => {
    const server = await startServer();
    const store = await openStore(server.url);
    const [one, two, three] = [anOrder(), anOrder(), anOrder()];
    for (const order of [one, two, three]) await store.save(order);
    // The first round trip of each is that of connecting.
    const most: [number, ...string[]][] = [
      [2, "place-order", "tv"],
      [4, "place-order", "--id", uuid(), "tv"],
      [2, "show", one.id],
      [3, "show", one.id.slice(0, 8)],
      [4, "list"],
      [4, "list", "--limit", "2"],
      [4, "list", "--since", "1h"],
      [2, "list", "--count"],
      [4, "stats"],
      [13, "watch", "--as", "sales", "--until-caught-up"], // creates the subscription
      [7, "watch", "--as", "sales", "--until-caught-up"],
      [5, "subscriptions"],
      [3, "parked"],
      [4, "cancel", one.id],
      [2, "cancel", one.id],
      [6, "cancel", two.id.slice(0, 8)],
      [6, "list"], // the cancellations are read first
    ];
    for (const [roundTrips, ...argv] of most) {
      const link = await linkOfTurns(server);
      expect(await runCli(argv, { store: link.url })).toMatchObject({ exitCode: 0 });
      expect(link.turns, argv.join(" ")).toBeLessThanOrEqual(roundTrips);
    }
    await store.close();
  });

  it("stores and lists an order at a round trip of two and a half seconds", async () => {
    const server = await startServer();
    const { url: store } = await slowLink(server, { roundTripMs: 2500 });
    const { stdout } = await runCli(["place-order", "--quiet", "tv"], { store });
    const id = stdout.trim();
    expect((await runCli(["list", "--quiet"], { store })).stdout).toBe(`${id}\n`);
  });

  it("is sent a large order once, however long that takes", async () => {
    const server = await startServer();
    await runCli(["init"], { store: server.url });
    const link = await slowLink(server, { bytesPerSecond: 500_000 });
    const item = "x".repeat(600_000);
    const outcome = await runCli(["place-order", "-q", "-"], { store: link.url, stdin: item });
    expect(outcome).toMatchObject({ exitCode: 0 });
    expect(link.bytesSent).toBeLessThan(610_000);
  });

  it("is sent many orders together that are imported, and asked for none of them", async () => {
    const server = await startServer();
    const link = await linkOfTurns(server);
    const orders = Array.from({ length: 2000 }, () => JSON.stringify(anOrder()));
    const argv = ["import", "-", "--format", "ndjson"];
    const outcome = await runCli(argv, { store: link.url, stdin: orders.join("\n") });
    expect(outcome).toMatchObject({ exitCode: 0 });
    expect(link.turns).toBeLessThan(25);
  });
});
