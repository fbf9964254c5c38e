import { execa } from "execa";
import { expect, it, onTestFinished, vi } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import { describeWithServer, startServer } from "../support/nats-server.js";
import { all, anOrder } from "../support/orders.js";
import { ROOT } from "../support/run-orders.js";
import { handleAll, leaveFirst, subscribed } from "../support/subscriber.js";
import { until } from "../support/until.js";

describeWithServer("a store on a server", () => {
  it("connects no more once it is closed", async () => {
    const { url } = await startServer();
    const store = await openStore(url);
    await store.save(anOrder());
    const feed = await store.feed();
    await store.close();
    const closed = { code: "invalid-usage", message: `the store is closed: ${url}` };
    await expect(store.save(anOrder())).rejects.toMatchObject(closed);
    await expect(store.count()).rejects.toMatchObject(closed);
    await expect(all(store.list())).rejects.toMatchObject(closed);
    await expect(all(feed.subscribe())).rejects.toMatchObject(closed);
    await store.close();
  });

  it("is closed while it connects", async () => {
    const { url } = await startServer();
    const store = await openStore(url);
    const counting = store.count();
    await store.close();
    await expect(counting).rejects.toMatchObject({ code: "invalid-usage" });
  });

  it("lets an acknowledgement that failed be repeated", async () => {
    const server = await startServer();
    const store = await openStore(`${server.url}?timeout=5`);
    onTestFinished(() => store.close());
    await store.save(anOrder());
    const sales = await subscribed(await store.feed(), "sales");
    const delivery = await sales.take();
    await server.kill();
    await expect(delivery.ack()).rejects.toMatchObject({ code: "server-unreachable" });
    await server.start();
    // A busy machine takes longer than that.
    await until(() =>
      delivery.ack().then(
        () => true,
        () => false,
      ),
    );
    await sales.end();
    expect(await (await store.subscriptions()).list()).toMatchObject([{ waiting: 0 }]);
    expect(await handleAll(await store.feed(), "sales")).toEqual([]);
  });

  it("warns of nothing while many requests wait for a server", async () => {
    const server = await startServer();
    const store = await openStore(server.url);
    onTestFinished(() => store.close());
    await store.save(anOrder());
    await server.kill();
    const warn = vi.spyOn(process, "emitWarning");
    onTestFinished(() => warn.mockRestore());
    const saving = Array.from({ length: 30 }, () => store.save(anOrder()));
    await server.start();
    await Promise.all(saving);
    expect(warn).not.toHaveBeenCalled();
  });

  it("refuses the acknowledgement of an order that it has taken back", async () => {
    const { url } = await startServer();
    const store = await openStore(url);
    onTestFinished(() => store.close());
    const order = anOrder();
    await store.save(order);
    const left = await leaveFirst(await store.feed(), "sales");
    const returned = {
      code: "invalid-usage",
      message: `order ${order.id} was returned when its subscriber ended`,
    };
    await expect(left?.ack()).rejects.toMatchObject(returned);
    await expect(left?.nack()).rejects.toMatchObject(returned);
    await expect(left?.park("no paper")).rejects.toMatchObject(returned);
    expect(await handleAll(await store.feed(), "sales")).toMatchObject([{ order, attempt: 2 }]);
  });

  it.each([
    ["whose caller fails once it is ready", "subscription: 'sales', onReady: fail"],
    ["without a name whose caller fails", "onReady: fail"],
    ["that its reader has left", "subscription: 'sales'"],
  ])("lets a process end after a subscription %s", async (_, options) => {
    const { url } = await startServer();
    const program = `
      import { openOrders } from "orders-cli";
      const fail = () => { throw new Error("out of paper"); };
      const orders = await openOrders({ store: ${JSON.stringify(url)} });
      await orders.placeOrder(["tv"]);
      const left = orders.deliveries({ ${options} })[Symbol.asyncIterator]();
      console.log(await left.next().then(({ done }) => done, ({ message }) => message));
      await orders.close();`;
    const node = ["--input-type=module", "--eval", program];
    const { stdout } = await execa(process.execPath, node, { cwd: ROOT });
    expect(stdout).toBe(options.includes("fail") ? "out of paper" : "false");
  });
});
