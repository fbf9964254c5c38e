import { jetstream } from "@nats-io/jetstream";
import { expect, it } from "vitest";
import { allCurrent, leaderOf, locationOf, startCluster } from "../support/nats-cluster.js";
import { connectTo, describeWithServer, startServer } from "../support/nats-server.js";
import { anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { until } from "../support/until.js";

const placed = (store: string) => runCli(["place", "tv"], { store });

describeWithServer("orders check, of a server,", () => {
  it("says what it promises, and what not", async () => {
    const { url: store } = await startServer();
    await placed(store);
    const { exitCode, stdout, stderr } = await runCli(["check"], { store });
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "1 order, no damage\n" });
    expect(stderr).toMatch(
      /^stream orders on nats-server 2\.\S+: replicas: 1, consumers: 0\nwarning: a power cut can lose orders acknowledged in the last two minutes.*\n$/,
    );
  });

  it("says what to do where there is no stream yet", async () => {
    const { url: store } = await startServer();
    expect(await runCli(["check"], { store })).toMatchObject({
      exitCode: 4,
      stdout: "",
      stderr: `orders: no store at ${store}\n  the first order creates it, and so does orders init\n`,
    });
  });

  it("exits 6 and names what is no order, and what is there twice", async () => {
    const server = await startServer();
    await placed(server.url);
    const js = jetstream(await connectTo(server));
    const order = anOrder();
    const body = JSON.stringify(order);
    await js.publish(`orders.order-created.${order.id.slice(0, 8)}.${order.id}`, body);
    await js.publish(`orders.order-created.${order.id.slice(0, 8)}.${order.id}`, body);
    await js.publish("orders.order-created.x.other", "hello");
    const { exitCode, stdout, stderr } = await runCli(["check"], { store: server.url });
    expect({ exitCode, stdout }).toEqual({
      exitCode: 6,
      stdout: "3 orders, 2 damaged locations\n",
    });
    expect(stderr).toContain(`orders:3: order ${order.id} is a duplicate\n`);
    expect(stderr).toContain("orders:4: not an order: not JSON\n");
  });
});

describeWithServer("orders check, of a cluster,", () => {
  it("warns of a replica that is not up to date", async () => {
    const nodes = await startCluster();
    const store = locationOf(nodes, "?replicas=3&timeout=120");
    expect(await placed(store)).toMatchObject({ exitCode: 0 });
    await allCurrent(nodes);
    const leader = await leaderOf(nodes);
    await nodes.find((node) => node !== leader)?.kill();
    // The others hold it for current until they have missed it for a while.
    await until(async () => {
      const { exitCode, stderr } = await runCli(["check"], { store });
      return exitCode === 0 && /^warning: 1 of 3 replicas not up to date$/m.test(stderr);
    });
  });
});
