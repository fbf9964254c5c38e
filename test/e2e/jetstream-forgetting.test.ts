import { jetstream, jetstreamManager, type StreamConfig } from "@nats-io/jetstream";
import { headers } from "@nats-io/transport-node";
import { beforeEach, expect, it } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import {
  connectTo,
  describeWithServer,
  type NatsServer,
  startServer,
} from "../support/nats-server.js";
import { anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { until } from "../support/until.js";

let server: NatsServer;
beforeEach(async () => {
  server = await startServer();
  return () => server.dispose();
});

const subjects = ["order-created", "order-closed", "order-imported", "closing-imported"];

/** Has an administrator set up the stream of orders. */
async function setUp(config: Partial<StreamConfig>) {
  const nc = await connectTo(server);
  const { streams } = await jetstreamManager(nc);
  await streams.add({
    name: "orders",
    subjects: subjects.map((topic) => `orders.${topic}.*.*`),
    discard: "new",
    ...config,
  });
  return { streams, js: jetstream(nc), state: async () => (await streams.info("orders")).state };
}

const orders = (argv: readonly string[], query = "") =>
  runCli(argv, { store: `${server.url}${query}` });
const place = (query = "") => orders(["place", "-q", "tv"], query);
const advice = "  ?force in the location accepts that; orders init --alter changes it\n";
const refused = (why: string) => ({
  exitCode: 7,
  stdout: "",
  stderr: `orders: cannot store the order: stream orders discards orders: ${why}: ${server.url}\n${advice}`,
});
const warned = (why: string) => ({
  exitCode: 0,
  stderr: `orders: warning: stream orders can lose orders: ${why}: ${server.url}\n${advice}`,
});

describeWithServer("a stream that somebody else set up", () => {
  it.each<[string, Partial<StreamConfig>]>([
    ["retention is interest, not limits", { retention: "interest" }],
    ["retention is workqueue, not limits", { retention: "workqueue" }],
    [
      "subject_transform is orders.> to old.>, not false",
      { subject_transform: { src: "orders.>", dest: "old.>" } },
    ],
  ])("takes no order if its %s, but with ?force", async (why, config) => {
    const { state } = await setUp(config);
    expect(await place()).toEqual(refused(why));
    expect(await place()).toEqual(refused(why));
    expect(await state()).toMatchObject({ messages: 0 });
    expect(await place("?force")).toMatchObject({ exitCode: 0, stderr: "" });
  });

  it("has a warning with it if it discards orders in time, until it is altered", async () => {
    const { state } = await setUp({ discard: "old", max_msgs: 3, max_age: 3600e9 });
    const why = "discard is old, not new, max_age is 3600s, not 0s";
    expect(await place()).toMatchObject(warned(why));
    const imported = await runCli(["import", "-", "--format", "json"], {
      store: server.url,
      stdin: '[{"items":["a"]},{"items":["b"]}]',
    });
    expect(imported).toMatchObject(warned(why));
    expect(await place("?force")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await state()).toMatchObject({ first_seq: 2 }); // and now that it has begun:
    expect(await place()).toEqual(refused(why));
    const check = await orders(["check"]);
    expect(check.exitCode).toBe(6);
    expect(check.stderr).toMatch(/^orders:1(-2)?: (a message is|2 messages are) missing$/m);
    expect(check.stderr).toContain(
      "warning: stream orders can lose orders: max_age is 3600s, not 0s\n",
    );
    expect(await orders(["init", "--alter"])).toMatchObject({ exitCode: 0 });
    expect((await orders(["check"])).exitCode).toBe(6);
  });

  it("is damaged where orders are missing, by whatever they were discarded", async () => {
    const { streams, js } = await setUp({ allow_rollup_hdrs: true });
    for (let n = 0; n < 5; n++) expect(await place()).toMatchObject({ exitCode: 0, stderr: "" });
    await streams.deleteMessage("orders", 2);
    await streams.deleteMessage("orders", 5);
    expect((await orders(["check"])).stderr).toMatch(
      /^orders:2: a message is missing\norders:5: a message is missing\n/,
    );
    const rollup = headers();
    rollup.set("Nats-Rollup", "all");
    const { id, ...order } = anOrder();
    const body = JSON.stringify({ id, ...order });
    await js.publish(`orders.order-created.${id.slice(0, 8)}.${id}`, body, { headers: rollup });
    const { exitCode, stderr } = await orders(["check"]);
    expect(exitCode).toBe(6);
    expect(stderr).toMatch(/^orders:1-5: 5 messages are missing\n/);
    expect(stderr).toContain("stream orders: allow_rollup_hdrs is true, not false\n");
  });

  it("can have others as its sources only: then it is read, and takes nothing", async () => {
    const { streams } = await setUp({});
    await place();
    await streams.add({ name: "all", sources: [{ name: "orders" }] });
    await until(async () => (await streams.info("all")).state.messages === 1);
    const query = "?stream=all&prefix=orders";
    expect(await orders(["list", "--count"], query)).toMatchObject({ exitCode: 0, stdout: "1\n" });
    expect(await place(query)).toMatchObject({ exitCode: 7, stdout: "" });
    expect(await orders(["check"], query)).toMatchObject({ exitCode: 0 });
  });
});

describeWithServer("a stream that is deleted while a program uses it", () => {
  it("is not created again by that program unless it is told to", async () => {
    const { streams } = await setUp({});
    const store = await openStore(server.url);
    await store.save(anOrder());
    await streams.delete("orders");
    for (let n = 0; n < 2; n++) {
      await expect(store.save(anOrder())).rejects.toMatchObject({
        code: "server-failed",
        message: `cannot store the order: stream not found (10059): ${store.location}`,
        remedy: "init",
      });
    }
    await store.init({ alter: false });
    await store.save(anOrder());
    expect(await store.count()).toBe(1);
    await store.close();
  });
});
