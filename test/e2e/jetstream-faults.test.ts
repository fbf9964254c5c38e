import { v4 as uuid } from "uuid";
import { expect, it, onTestFinished } from "vitest";
import type { Order } from "../../src/domain/order.js";
import { openStore } from "../../src/store/open-store.js";
import type { OrderStore } from "../../src/store/order-store.js";
import {
  allCurrent,
  leaderOf,
  locationOf,
  startCluster,
  startSeverableCluster,
} from "../support/nats-cluster.js";
import { describeWithServer, type NatsServer, startServer } from "../support/nats-server.js";
import { ON_WINDOWS } from "../support/needs.js";
import { all, anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { runOrders } from "../support/run-orders.js";
import { handleAll, ordersOf, subscribed } from "../support/subscriber.js";
import { until } from "../support/until.js";

const WRITERS = 4;

async function opened(location: string): Promise<OrderStore> {
  const store = await openStore(location);
  onTestFinished(() => store.close());
  return store;
}

/** Writers that place one order after another until they are told to stop. */
async function writing(location: string) {
  const acknowledged: Order[] = [];
  let stopping = false;
  const write = async () => {
    const store = await opened(location);
    while (!stopping) {
      const order = anOrder({ items: ["tv", String(acknowledged.length)] });
      await store.save(order);
      acknowledged.push(order);
    }
  };
  const writers = Promise.all(Array.from({ length: WRITERS }, write));
  return {
    acknowledged,
    /** Waits until so many more orders were acknowledged. */
    async more(count: number) {
      const enough = acknowledged.length + count;
      await Promise.race([until(() => acknowledged.length >= enough), writers]);
    },
    async stop() {
      stopping = true;
      await writers;
    },
  };
}

/** A subscriber that handles whatever comes. */
async function watching(location: string) {
  const ending = new AbortController();
  onTestFinished(() => ending.abort());
  const handled = new Set<string>();
  const feed = await (await opened(location)).feed();
  const handling = (async () => {
    for await (const { order, ack } of feed.subscribe({
      subscription: "sales",
      signal: ending.signal,
      batch: 64,
    })) {
      handled.add(order.id);
      await ack();
    }
  })();
  return {
    /** Waits until all of these were handled. */
    async seen(orders: readonly Order[]) {
      const all = until(() => orders.every(({ id }) => handled.has(id)));
      await Promise.race([all, handling.then(() => all)]);
      ending.abort();
      await handling;
    },
  };
}

/** Every acknowledged order is there, exactly once, and unchanged. */
async function expectAll(location: string, acknowledged: readonly Order[]): Promise<void> {
  const listed = await all((await opened(location)).list());
  const ids = listed.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  const byId = new Map(listed.map((order) => [order.id, order]));
  expect(acknowledged.filter((order) => byId.get(order.id) === undefined)).toEqual([]);
  for (const order of acknowledged) expect(byId.get(order.id)).toEqual(order);
}

/** On a busy machine a cluster can take longer than half a minute to find a leader. */
const patient = (nodes: readonly NatsServer[]) => locationOf(nodes, "?replicas=3&timeout=120");

describeWithServer("a cluster of three", () => {
  it.skipIf(ON_WINDOWS)(
    "loses and doubles nothing while its leader is killed and a follower hangs",
    async () => {
      const nodes = await startCluster();
      const location = patient(nodes);
      const orders = await writing(location);
      await orders.more(200);
      const leader = await leaderOf(nodes);
      await leader.kill();
      await orders.more(100);
      await leader.start();
      await allCurrent(nodes);
      await orders.more(100);
      const present = await leaderOf(nodes);
      const follower = nodes.find((node) => node !== present) as NatsServer;
      follower.pause();
      await orders.more(100);
      follower.resume();
      await orders.more(100);
      await orders.stop();
      await expectAll(location, orders.acknowledged);
    },
  );

  it("loses and doubles nothing while its servers are restarted one after another", async () => {
    const nodes = await startCluster();
    const location = patient(nodes);
    const orders = await writing(location);
    await orders.more(200);
    for (const node of nodes) {
      await node.kill("SIGTERM");
      await orders.more(100);
      await node.start();
      await allCurrent(nodes);
      await orders.more(100);
    }
    await orders.stop();
    await expectAll(location, orders.acknowledged);
  });

  it("gives a clear answer within the timeout once most of it is gone", async () => {
    const nodes = await startCluster();
    await (await opened(patient(nodes))).save(anOrder());
    const store = await opened(locationOf(nodes, "?replicas=3&timeout=5"));
    await until(async () => (await store.count().catch(() => 0)) === 1);
    await nodes[1].kill();
    await nodes[2].kill();
    const order = anOrder();
    const { id } = order;
    await expect(store.saveIfNew(order)).rejects.toMatchObject({
      code: "outcome-unknown",
      orderId: id,
      message: expect.stringContaining(`cannot confirm that order ${id} was stored: `),
      record: "order",
    });
    await nodes[1].start();
    await nodes[2].start();
    const again = await runCli(["place-order", "--id", id, "tv"], { store: patient(nodes) });
    expect(again).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await (await opened(patient(nodes))).findByIdPrefix(id, 2)).toHaveLength(1);
  });

  it("gives an id to one of two who claim it at different servers", async () => {
    const nodes = await startCluster();
    const [one, other] = [await opened(patient([nodes[0]])), await opened(patient([nodes[1]]))];
    await one.save(anOrder());
    for (let round = 0; round < 20; round++) {
      const id = uuid();
      const outcomes = await Promise.allSettled([
        one.saveIfNew(anOrder({ id, items: ["tv"] })),
        other.saveIfNew(anOrder({ id, items: ["desk"] })),
      ]);
      expect(outcomes.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
      const refused = outcomes.find((outcome) => outcome.status === "rejected");
      expect(refused?.reason).toMatchObject({ code: "conflict" });
    }
  });

  it.skipIf(ON_WINDOWS)(
    "loses and doubles nothing while its leader is cut off from the others",
    async () => {
      const { nodes, cutOff, join } = await startSeverableCluster();
      const location = patient(nodes);
      const orders = await writing(location);
      await orders.more(200);
      const sales = await watching(location);
      const leader = await leaderOf(nodes);
      cutOff(leader);
      await orders.more(200);
      join(leader);
      await allCurrent(nodes);
      await orders.more(100);
      await orders.stop();
      await expectAll(location, orders.acknowledged);
      await sales.seen(orders.acknowledged);
    },
  );
});

describeWithServer("a watcher", () => {
  it("misses nothing while the server is killed and restarted", async () => {
    const server = await startServer();
    const writer = await opened(server.url);
    const sales = await subscribed(await (await opened(server.url)).feed(), "sales");
    const saved: Order[] = [];
    const seen = new Set<string>();
    for (let round = 0; round < 3; round++) {
      for (let n = 0; n < 5; n++) {
        const order = anOrder();
        await writer.save(order);
        saved.push(order);
      }
      while (!saved.slice(0, 5 * round + 3).every(({ id }) => seen.has(id))) {
        const delivery = await sales.take();
        seen.add(delivery.order.id);
        await delivery.ack();
      }
      await server.kill();
      await server.start();
    }
    while (seen.size < saved.length) {
      const delivery = await sales.take();
      seen.add(delivery.order.id);
      await delivery.ack();
    }
    await sales.end();
    expect(saved.map(({ id }) => id).filter((id) => !seen.has(id))).toEqual([]);
  });

  it("that is killed leaves what it had in flight to the next", async () => {
    const { url } = await startServer();
    const store = await opened(url);
    const orders = [anOrder(), anOrder()];
    for (const order of orders) await store.save(order);
    const hook = "while kill -0 $PPID; do sleep 0.1; done 2> /dev/null";
    const watcher = runOrders(["watch", "--as", "sales", "--exec", hook], url, {
      stdout: "ignore",
      stderr: "ignore",
    });
    const feed = await store.feed();
    const subscriptions = await store.subscriptions();
    await until(async () => (await subscriptions.list())[0]?.activeAt != null);
    watcher.kill("SIGKILL");
    await watcher;
    const rest = ordersOf(await handleAll(feed, "sales"));
    expect(new Set(rest.map(({ id }) => id))).toEqual(new Set(orders.map(({ id }) => id)));
  });
});

const STREAMS = 8;

describeWithServer("a stream", () => {
  it("can be read while another process creates it", async () => {
    const { url } = await startServer();
    for (let n = 0; n < STREAMS; n++) {
      const location = `${url}?stream=s${n}&prefix=p${n}`;
      const [writer, reader] = [await openStore(location), await openStore(location)];
      const order = anOrder();
      const subscriptions = await reader.subscriptions();
      const saved = writer.save(order);
      await Promise.all([
        saved,
        until(async () => (await reader.findByIdPrefix(order.id, 1)).length > 0),
        until(async () => (await all(reader.list())).length > 0),
        until(async () => (await reader.count()) > 0),
        until(async () => (await subscriptions.waitingFrom("start")).waiting > 0),
      ]);
      await Promise.all([writer.close(), reader.close()]);
    }
  });
});
