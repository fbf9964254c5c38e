import { AckPolicy, jetstreamManager } from "@nats-io/jetstream";
import { connect } from "@nats-io/transport-node";
import { beforeEach, expect, it, onTestFinished } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import type { OrderStore } from "../../src/store/order-store.js";
import { allCurrent, locationOf as clusterAt, startCluster } from "../support/nats-cluster.js";
import { describeWithServer, type NatsServer, startServer } from "../support/nats-server.js";
import { anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { handleAll, ordersOf, parkAll } from "../support/subscriber.js";
import { until } from "../support/until.js";

/** What somebody may not do whose command ends half-way, as if it were killed there. */
const DENIED = {
  clerk: ["$JS.API.CONSUMER.CREATE.>", "$JS.API.CONSUMER.DURABLE.CREATE.>"],
  cleaner: ["$JS.API.CONSUMER.DELETE.>"],
};

let server: NatsServer;
let store: OrderStore;
beforeEach(async () => {
  const users = Object.entries(DENIED).map(
    ([name, deny]) =>
      `{ user: ${name}, password: pw, permissions: { publish: { deny: ${JSON.stringify(deny)} } } }`,
  );
  server = await startServer(
    `authorization { users: [ { user: admin, password: pw }, ${users.join(", ")} ] }`,
  );
  store = await openStore(locationOf("admin"));
  return () => store.close();
});
const locationOf = (user: string) => `${server.url.replace("//", `//${user}:pw@`)}`;
const as = (user: string, ...argv: string[]) => runCli(argv, { store: locationOf(user) });
const DENIAL = {
  exitCode: 7,
  stderr: expect.stringContaining("Permissions Violation for Publish"),
};

describeWithServer("on a server, a subscription that is being reset", () => {
  it("begins where it was to begin, also if the reset ends half-way", async () => {
    const last = anOrder();
    for (const order of [anOrder(), anOrder(), last]) await store.save(order);
    await handleAll(await store.feed(), "sales");
    const reset = ["subscriptions", "reset", "sales", "--from", last.id, "--yes"];
    expect(await as("cleaner", ...reset)).toMatchObject(DENIAL);

    const watch = ["watch", "--as", "sales", "--until-caught-up", "-q"];
    expect(await as("admin", ...watch)).toMatchObject({
      exitCode: 0,
      stdout: `${last.id}\n`,
    });
    expect(await as("admin", ...watch)).toMatchObject({ exitCode: 0, stdout: "" });
  });

  it("is as it was if the reset ends before that, and is forgotten with its consumer", async () => {
    const order = anOrder();
    await store.save(order);
    await handleAll(await store.feed(), "sales");
    const reset = ["subscriptions", "reset", "sales", "--from", "start", "--yes"];
    expect(await as("clerk", ...reset)).toMatchObject(DENIAL);
    expect(await handleAll(await store.feed(), "sales")).toEqual([]);

    const nc = await connect({ servers: server.address, user: "admin", pass: "pw" });
    onTestFinished(() => nc.close());
    const jsm = await jetstreamManager(nc);
    for await (const { name } of jsm.consumers.list("orders")) {
      await jsm.consumers.delete("orders", name);
    }
    expect(await (await store.subscriptions()).exists("sales")).toBe(false);
  });

  it("can be reset again, and removed", async () => {
    for (const order of [anOrder(), anOrder()]) await store.save(order);
    await handleAll(await store.feed(), "sales");
    const reset = ["subscriptions", "reset", "sales", "--from", "start", "--yes"];
    expect(await as("cleaner", ...reset)).toMatchObject(DENIAL);
    expect(await as("admin", ...reset.with(-2, "now"))).toMatchObject({ exitCode: 0 });
    expect(await handleAll(await store.feed(), "sales")).toEqual([]);

    expect(await as("cleaner", ...reset)).toMatchObject(DENIAL);
    expect(await as("admin", "subscriptions", "remove", "sales", "--yes")).toMatchObject({
      exitCode: 0,
    });
    expect(await as("admin", "subscriptions", "remove", "sales", "--yes")).toMatchObject({
      exitCode: 4,
    });
    expect(await handleAll(await store.feed(), "sales", { from: "now" })).toEqual([]);
  });
});

describeWithServer("on a server, a subscription that is being removed", () => {
  it("can be removed once more if that ends half-way, and leaves nothing parked", async () => {
    const order = anOrder();
    await store.save(order);
    await parkAll(await store.feed(), "sales", "out of paper");
    expect(await as("cleaner", "subscriptions", "remove", "sales", "--yes")).toMatchObject(DENIAL);
    expect((await as("admin", "parked", "--json")).stdout).toBe("[]\n");
    expect(await as("admin", "subscriptions", "remove", "sales", "--yes")).toMatchObject({
      exitCode: 0,
    });
    expect(ordersOf(await handleAll(await store.feed(), "sales"))).toEqual([order]);
  });
});

describeWithServer("on a server whose stream of parked orders is full, a subscription", () => {
  it("goes on with what can be handled, and what is parked can be dropped", async () => {
    const current = await startServer();
    const bounded = await openStore(`${current.url}?max_bytes=8192`);
    onTestFinished(() => bounded.close());
    const orders = Array.from({ length: 20 }, () => anOrder());
    for (const order of orders) await bounded.save(order);
    const feed = await bounded.feed();
    await expect(parkAll(feed, "sales", "x".repeat(800))).rejects.toMatchObject({
      code: "server-full",
      hint: "drop parked orders, or raise the limit of stream orders-parked",
    });
    const subscriptions = await bounded.subscriptions();
    const parked = await subscriptions.parked();
    expect(parked.length).toBeGreaterThan(3);
    const handled = ordersOf(await handleAll(feed, "sales"));
    expect(handled).toHaveLength(orders.length - parked.length);
    for (const { order } of parked) await subscriptions.drop("sales", order.id);
    expect(await subscriptions.parked()).toEqual([]);
  });
});

describeWithServer("on a cluster, a subscription whose consumer has no leader", () => {
  it("says that nobody can tell what waits, keeps no other from being listed, and can be reset and removed", async () => {
    const nodes = await startCluster();
    const cluster = await openStore(clusterAt(nodes, "?replicas=3&timeout=60"));
    onTestFinished(() => cluster.close());
    await cluster.save(anOrder());
    await handleAll(await cluster.feed(), "sales");
    await allCurrent(nodes);
    const nc = await connect({ servers: nodes.map(({ address }) => address) });
    onTestFinished(() => nc.close());
    const { consumers } = await jetstreamManager(nc, { checkAPI: false });
    const lone = { durable_name: "stock", num_replicas: 1, ack_policy: AckPolicy.Explicit };
    const { leader } = (await consumers.add("orders", lone)).cluster ?? {};
    await nodes[Number(leader?.replace("node-", ""))]?.kill();
    const subscriptions = await cluster.subscriptions();
    expect(await subscriptions.names()).toEqual(["sales", "stock"]);
    await until(async () => {
      const [sales, stock] = await subscriptions.list();
      return sales?.waiting === 0 && stock?.name === "stock" && stock.waiting === null;
    });
    expect(await subscriptions.exists("stock")).toBe(true);
    await subscriptions.reset("stock", "now");
    expect((await subscriptions.list()).map(({ name }) => name)).toEqual(["sales", "stock"]);
    await subscriptions.remove("stock");
    expect(await subscriptions.names()).toEqual(["sales"]);
  });
});
