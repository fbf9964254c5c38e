import { spawnSync } from "node:child_process";
import { DiscardPolicy, jetstreamManager } from "@nats-io/jetstream";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Order } from "../../src/domain/order.js";
import { openStore } from "../../src/store/open-store.js";
import {
  CURRENT_SERVER,
  connectTo,
  describeWithCurrentServer,
  newServer,
  startServer,
} from "../support/nats-server.js";
import { all, anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";

const LIMITS = Array.from({ length: 40 }, (_, index) => 3000 + 7 * index);

describeWithCurrentServer("a stream with a size limit", () => {
  it("refuses orders once it is full, and keeps all that it has acknowledged", async () => {
    const server = await newServer({ program: CURRENT_SERVER });
    onTestFinished(() => server.dispose());
    await server.start();
    for (const limit of LIMITS) {
      const location = `${server.url}?stream=s${limit}&max_bytes=${limit}`;
      const store = await openStore(location);
      const acknowledged: Order[] = [];
      const fill = async () => {
        for (;;) {
          const order = anOrder();
          await store.save(order);
          acknowledged.push(order);
        }
      };
      await expect(fill()).rejects.toMatchObject({ code: "server-full" });
      expect(await all(store.list())).toEqual(acknowledged);
      await store.close();
    }
  });
});

/** Versions that would forget orders; CI has one. */
const OLD = /v2\.(?:\d|10\.[0-5])\b/;
const installed = spawnSync("nats-server", ["--version"], { encoding: "utf8" }).stdout ?? "";

describe.runIf(OLD.test(installed))("a stream with a size limit on a server before 2.10.6", () => {
  const refused =
    /^orders: cannot .* the \S+: stream orders has a size limit, at which nats-server \S+ forgets the oldest orders: nats:.*\n {2}use nats-server 2\.10\.6 or later, or no limit: leave max_bytes out, and run orders init --alter\n$/;

  it("is not created", async () => {
    const { url } = await startServer();
    for (const argv of [["init"], ["place-order", "tv"]]) {
      const outcome = await runCli(argv, { store: `${url}?max_bytes=1MB` });
      expect(outcome).toMatchObject({ exitCode: 7, stdout: "" });
      expect(outcome.stderr).toMatch(refused);
    }
    expect(await runCli(["list"], { store: url })).toMatchObject({ exitCode: 4 });
  });

  it("takes no order if there is one already, until its limit is taken away", async () => {
    const server = await startServer();
    const jsm = await jetstreamManager(await connectTo(server));
    const subjects = ["orders.order-created.*", "orders.order-cancelled.*"];
    const max_bytes = 1_048_576;
    await jsm.streams.add({ name: "orders", subjects, max_bytes, discard: DiscardPolicy.New });
    const run = (...argv: string[]) => runCli(argv, { store: server.url });
    expect((await run("place-order", "tv")).stderr).toMatch(refused);
    const warning = "forgets the oldest orders once the stream has 1048576 bytes, its size limit";
    expect((await run("check")).stderr).toContain(warning);
    const watched = await run("watch", "--as", "sales", "--until-caught-up");
    expect(watched).toMatchObject({ exitCode: 0, stderr: expect.stringContaining(warning) });
    expect((await run("init")).stderr).toContain("max_bytes is 1048576, not -1");
    expect(await run("init", "--alter")).toMatchObject({ exitCode: 0 });
    expect(await run("place-order", "-q", "tv")).toMatchObject({ exitCode: 0, stderr: "" });
    expect((await run("check")).stderr).not.toContain(warning);
  });
});
