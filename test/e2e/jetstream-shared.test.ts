import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import type { NatsConnection } from "@nats-io/transport-node";
import { expect, it } from "vitest";
import type { Order } from "../../src/domain/order.js";
import { openStore } from "../../src/store/open-store.js";
import { connectTo, describeWithServer, startServer } from "../support/nats-server.js";
import { all, anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { handleAll } from "../support/subscriber.js";
import { until } from "../support/until.js";

describeWithServer("a mirror of the stream", () => {
  it("is read and counted, cancelled orders too, and told apart from what can be set up", async () => {
    const server = await startServer();
    const nc = await connectTo(server);
    const jsm = await jetstreamManager(nc);
    expect(await runCli(["init"], { store: server.url })).toMatchObject({ exitCode: 0 });
    const [first, second] = [anOrder(), anOrder()];
    const js = jetstream(nc);
    // By another program: what is ours names its stream, and a mirror refuses it.
    for (const order of [first, second]) {
      await js.publish(
        `orders.order-created.${order.id.slice(0, 8)}.${order.id}`,
        JSON.stringify(order),
      );
    }
    const cancellation = { closed: first.id, cancelledAt: "2026-02-01T10:00:00.000Z" };
    await js.publish(
      `orders.order-closed.${first.id.slice(0, 8)}.${first.id}`,
      JSON.stringify(cancellation),
    );
    await jsm.streams.add({ name: "copy", mirror: { name: "orders" }, allow_direct: true });
    await until(async () => (await jsm.streams.info("copy")).state.messages === 3);
    const store = `${server.url}?stream=copy&prefix=orders`;
    const list = async (...options: string[]) =>
      (await runCli(["list", ...options], { store })).stdout;
    expect(JSON.parse(await list("--json"))).toEqual([second]);
    expect(await list("--count")).toBe("1\n");
    expect(await list("--count", "--all")).toBe("2\n");
    expect((await runCli(["check"], { store })).stderr).toContain(
      "stream copy: mirror is orders, not false\n",
    );
    expect(await runCli(["init", "--alter"], { store })).toMatchObject({
      exitCode: 7,
      stdout: "",
      stderr: expect.stringMatching(/^orders: cannot set up the store: stream mirror /),
    });
  });
});

describeWithServer("a stream with gaps, or with the messages of others", () => {
  it("is listed, checked and counted without asking for every missing number", async () => {
    const server = await startServer();
    const { url: store } = server;
    const nc = await connectTo(server);
    const jsm = await jetstreamManager(nc);
    await jsm.streams.add({ name: "orders", subjects: ["orders.order-created.*.*", "other.>"] });
    const ids: string[] = [];
    const js = jetstream(nc);
    for (let n = 0; n < 3; n++) {
      ids.push((await runCli(["place", "-q", "tv"], { store })).stdout.trim());
      for (let m = 0; m < 2000; m++) nc.publish("other.junk", "x");
      await nc.flush();
      await js.publish("other.last", "x");
    }
    expect((await runCli(["list", "--count"], { store })).stdout).toBe("3\n");
    await jsm.streams.purge("orders", { filter: "other.>" });
    const requests = await requestsDuring(server, async () => {
      expect((await runCli(["list", "--json"], { store })).stdout).toContain(ids[0]);
      expect((await runCli(["list", "--limit", "2", "--json"], { store })).stdout).not.toContain(
        ids[0],
      );
      expect((await runCli(["check"], { store })).stdout).toBe("3 orders, no damage\n");
      const opened = await openStore(store);
      expect((await all(opened.list())).map(({ id }) => id)).toEqual(ids);
      expect((await all(opened.list({ newest: 2 }))).map(({ id }) => id)).toEqual(ids.slice(1));
      await opened.close();
    });
    expect(requests.length).toBeLessThan(1000);
  });

  it("is counted without the cancelled orders where it takes all subjects", async () => {
    const server = await startServer();
    const jsm = await jetstreamManager(await connectTo(server));
    await jsm.streams.add({ name: "orders", subjects: ["orders.>"] });
    const opened = await openStore(server.url);
    const [order, other] = [anOrder(), anOrder()];
    for (const each of [order, other]) await opened.save(each);
    await opened.closeOrder({ id: order.id, cancelledAt: "2026-02-01T10:00:00.000Z" });
    expect(await opened.count()).toBe(1);
    expect(await opened.count({ state: "any" })).toBe(2);
    await opened.close();
  });

  it("is searched without asking for every message", async () => {
    const server = await startServer();
    const nc = await connectTo(server);
    const jsm = await jetstreamManager(nc);
    await jsm.streams.add({ name: "orders", subjects: ["orders.order-created.*.*", "other.>"] });
    const opened = await openStore(server.url);
    const sofa = anOrder({ id: "0a1b2c3d-91b6-430f-86e6-997935ae61b4", items: ["sofa"] });
    await opened.save(sofa);
    for (let n = 0; n < 3; n++) {
      for (let m = 0; m < 1000; m++) nc.publish("other.junk", "x");
      for (let m = 0; m < 1000; m++) publish(nc, anOrder());
      await nc.flush();
    }
    const requests = await requestsDuring(server, async () => {
      expect(await all(opened.list({ newest: 2, item: "sofa" }))).toEqual([sofa]);
      expect(await all(opened.list({ newest: 1500 }))).toHaveLength(1500);
      expect(await opened.findByIdPrefix("0a1b2c3d", 2)).toEqual([sofa]);
    });
    expect(requests.length).toBeLessThan(500);
    // It takes no others any more, but has them.
    await jsm.streams.update("orders", { subjects: ["orders.order-created.*.*"] });
    expect(await all(opened.list())).toHaveLength(3001);
    const { orders, damage } = await opened.check();
    expect(orders).toBe(3001);
    expect(damage.map(({ problem }) => problem)).toEqual(
      Array(3).fill("1000 messages are missing"),
    );
    await opened.close();
  });

  it("is read from where the orders of a time are stored, wherever that is", async () => {
    const server = await startServer();
    const { url: store } = server;
    const old = (await runCli(["place", "-q", "tv"], { store })).stdout.trim();
    const nc = await connectTo(server);
    const jsm = await jetstreamManager(nc);
    const last = await jsm.streams.getMessage("orders", { last_by_subj: ">" });
    const opened = await openStore(store);
    const day = 86_400_000;
    const at = (milliseconds: number) =>
      new Date(Number(last?.time.getTime()) + milliseconds).toISOString();
    // Placed by a clock that is ahead of the server's, and stored now.
    const ahead = anOrder({ placedAt: at(day / 2) });
    await opened.save(ahead);
    const ids = async (since: string, newest?: number) =>
      (await all(opened.list({ since, newest }))).map(({ id }) => id);
    expect(await ids(at(day / 4))).toEqual([ahead.id]);
    expect(await ids(at(day / 4), 5)).toEqual([ahead.id]);
    expect(await opened.count({ since: at(day / 4) })).toBe(1);
    expect(await ids(at(-day))).toEqual([old, ahead.id]);
    expect(await ids(at(-day), 1)).toEqual([ahead.id]);
    const later = new Date(Date.now() + 3 * day).toISOString();
    expect(await ids(later)).toEqual([]);
    const requests = await requestsDuring(server, async () => {
      expect(await ids(later)).toEqual([]);
    });
    expect(requests.length).toBeLessThan(10);
    const subscriptions = await opened.subscriptions();
    await handleAll(await opened.feed(), "sales");
    const resetting = await requestsDuring(server, () =>
      subscriptions.reset("sales", { since: later }),
    );
    // Orders that are too old are not read.
    expect(resetting.filter((subject) => subject.includes("CONSUMER.MSG.NEXT"))).toEqual([]);
    await opened.close();
  });

  it("works in a domain, with every verb", async () => {
    const server = await startServer("jetstream { store_dir: STORE_DIR, domain: shop }");
    const store = `${server.url}?domain=shop`;
    const id = anOrder().id;
    expect(await runCli(["init"], { store })).toMatchObject({ exitCode: 0 });
    expect(await runCli(["place", "--id", id, "tv"], { store })).toMatchObject({ exitCode: 0 });
    for (const argv of [
      ["list"],
      ["list", "--limit", "1"],
      ["show", id],
      ["check"],
      ["list", "--count"],
    ]) {
      expect(await runCli(argv, { store })).toMatchObject({ exitCode: 0 });
    }
    const failing = ["--exec", "exit 1", "--max-attempts", "1", "--until-caught-up"];
    await runCli(["watch", "--as", "sales", ...failing], { store });
    expect((await runCli(["parked"], { store })).stdout).toContain("sales");
    await runCli(["parked", "retry", id], { store });
    const watched = await runCli(["watch", "--as", "sales", "--until-caught-up", "-q"], { store });
    expect(watched).toMatchObject({ exitCode: 0, stdout: `${id}\n` });
    expect(await runCli(["subscriptions"], { store })).toMatchObject({ exitCode: 0 });
  });

  it("is listed from its end, however large the orders are", async () => {
    const { url: store } = await startServer();
    const opened = await openStore(store);
    const orders = Array.from({ length: 30 }, () => anOrder({ items: ["x".repeat(700_000)] }));
    for (const order of orders) await opened.save(order);
    const listed = (await all(opened.list({ reverse: true }))).map(({ id }) => id);
    await opened.close();
    expect(listed).toEqual(orders.map(({ id }) => id).reverse());
  });

  it("is listed from its end, with gaps, damage and the messages of others in between", async () => {
    const server = await startServer();
    const { url: store } = server;
    const nc = await connectTo(server);
    const jsm = await jetstreamManager(nc);
    await jsm.streams.add({ name: "orders", subjects: ["orders.order-created.*.*", "other.>"] });
    const js = jetstream(nc);
    const orders = Array.from({ length: 7000 }, () => anOrder());
    for (const order of orders.slice(0, 3000)) publish(nc, order);
    for (let n = 0; n < 9000; n++) nc.publish("other.junk", "x");
    await js.publish(`orders.order-created.x.${anOrder().id}`, "no order");
    for (const order of orders.slice(3000)) publish(nc, order);
    for (let n = 0; n < 2000; n++) nc.publish("other.junk", "x");
    await js.publish("other.last", "x");
    const list = async (...options: string[]) =>
      await runCli(["list", "--format", "ndjson", ...options], { store });
    const lines = ({ stdout }: { stdout: string }) => stdout.split("\n").slice(0, -1);
    const forward = lines(await list());
    expect(forward).toHaveLength(7000);
    const backward = await list("--reverse");
    expect(lines(backward)).toEqual(forward.toReversed());
    expect(backward).toMatchObject({
      exitCode: 6,
      stderr: expect.stringContaining("not an order"),
    });
    expect(lines(await list("--reverse", "--limit", "5000"))).toEqual(
      forward.toReversed().slice(0, 5000),
    );
    expect(lines(await list("--limit", "5000"))).toEqual(forward.slice(2000));
  });
});

/** Stores an order as the program would, without waiting for that. */
function publish(nc: NatsConnection, order: Order): void {
  nc.publish(`orders.order-created.${order.id.slice(0, 8)}.${order.id}`, JSON.stringify(order));
}

/** The subjects of all requests that clients send a server while something is done. */
async function requestsDuring(
  server: Parameters<typeof connectTo>[0],
  task: () => Promise<void>,
): Promise<string[]> {
  const nc = await connectTo(server);
  const requests: string[] = [];
  nc.subscribe("$JS.API.>", { callback: (_, { subject }) => void requests.push(subject) });
  await nc.flush();
  await task();
  await nc.flush();
  return requests;
}
