import { copyFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jetstream, jetstreamManager } from "@nats-io/jetstream";
import { expect, it, onTestFinished } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import { asText } from "../support/as-text.js";
import { makeCredentials } from "../support/credentials.js";
import {
  connectTo,
  describeWithServer,
  type NatsServer,
  startServer,
} from "../support/nats-server.js";
import { ON_WINDOWS } from "../support/needs.js";
import { anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { startWatch, type Watcher } from "../support/run-watch.js";
import { SOAK } from "../support/soak.js";
import { subscribed } from "../support/subscriber.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { until } from "../support/until.js";

const times = (text: string, part: string) => text.split(part).length - 1;

async function place(store: string): Promise<string> {
  const { stdout } = await runCli(["place-order", "-q", "tv"], { store });
  return stdout.trim();
}

/** Sets a store up, for nobody can watch one that does not exist. */
async function setUp(store: string, env: Record<string, string> = {}): Promise<void> {
  expect(await runCli(["init"], { store, env })).toMatchObject({ exitCode: 0 });
}

describeWithServer("a watcher of a server", () => {
  it("resumes at the new position each time its subscription is reset", async () => {
    const { url: store } = await startServer();
    const id = await place(store);
    const watcher = await startWatch(["--as", "sales", "-q"], store);
    for (let resets = 1; resets <= 5; resets++) {
      await watcher.until(({ stdout }) => times(stdout, id) >= resets);
      const reset = ["subscriptions", "reset", "sales", "--from", "start", "--yes"];
      expect(await runCli(reset, { store })).toMatchObject({ exitCode: 0 });
    }
    await watcher.until(({ stdout }) => times(stdout, id) >= 6);
    const next = await place(store);
    await watcher.until(({ stdout }) => stdout.includes(next));
    watcher.process.kill("SIGTERM");
    expect(await watcher.ended).toEqual({ code: null, signal: "SIGTERM" });
  });

  it("counts exactly what waits among many imported orders, of which it is sent none", async () => {
    const server = await startServer();
    const { url: store } = server;
    await setUp(store);
    await runCli(["watch", "--as", "sales", "--until-caught-up"], { store });
    const nc = await connectTo(server);
    for (let n = 0; n < 10_000; n++) {
      const order = anOrder();
      nc.publish(
        `orders.order-imported.${order.id.slice(0, 8)}.${order.id}`,
        JSON.stringify(order),
      );
    }
    await nc.flush();
    const id = await place(store);
    expect((await runCli(["list", "--count"], { store })).stdout).toBe("10001\n");
    await until(async () => {
      const { stdout } = await runCli(["subscriptions", "--json"], { store });
      const [{ waiting }] = JSON.parse(stdout);
      expect(waiting).toBeLessThanOrEqual(1);
      return waiting === 1; // the server counts it a moment later
    });
    const opened = await openStore(store);
    onTestFinished(() => opened.close());
    const subscriptions = await opened.subscriptions();
    expect(await subscriptions.waitingFrom("start")).toEqual({ waiting: 1 });
    for (const name of ["sales", "new"]) {
      const watched = await runCli(["watch", "--as", name, "--until-caught-up", "-q"], { store });
      expect(watched.stdout).toBe(`${id}\n`);
    }
  });

  it("ends with exit code 4 when its subscription is removed", async () => {
    const { url: store } = await startServer();
    await setUp(store);
    const watcher = await startWatch(["--as", "sales", "-q"], store);
    expect(await runCli(["subscriptions", "remove", "sales", "--yes"], { store })).toMatchObject({
      exitCode: 0,
    });
    expect(await watcher.ended).toEqual({ code: 4, signal: null });
    expect(watcher.stderr).toContain("orders: subscription 'sales' was removed");
    expect((await runCli(["subscriptions"], { store })).stdout).not.toContain("sales");
  });

  it.each(["only its retry consumer", "the stream of its parked orders"])(
    "ends with exit code 4 when %s is removed, and the next one has it again",
    async (removed) => {
      const server = await startServer();
      const { url: store } = server;
      await setUp(store);
      const watcher = await startWatch(["--as", "sales", "-q"], store);
      const jsm = await jetstreamManager(await connectTo(server));
      if (removed.includes("consumer")) await jsm.consumers.delete("orders-parked", "sales");
      else await jsm.streams.delete("orders-parked");
      expect(await watcher.ended).toEqual({ code: 4, signal: null });
      const id = await place(store);
      const caughtUp = ["watch", "--as", "sales", "--until-caught-up", "-q"];
      await runCli([...caughtUp, "--exec", "exit 1", "--max-attempts", "1"], { store });
      await runCli(["parked", "retry", id], { store });
      expect((await runCli(caughtUp, { store })).stdout).toBe(`${id}\n`);
    },
  );

  it("no longer has parked what it parked itself, once that is handled after a reset", async () => {
    const { url: store } = await startServer();
    const id = await place(store);
    const ok = join(temporaryDirectory(), "ok");
    const failing = ["--exec", `test -e ${ok}`, "--max-attempts", "1"];
    const watcher = await startWatch(["--as", "sales", ...failing], store);
    await watcher.until(({ stderr }) => stderr.includes("parked after 1 attempt"));
    expect((await runCli(["parked"], { store })).stdout).toContain(id);
    writeFileSync(ok, "");
    const reset = ["subscriptions", "reset", "sales", "--from", "start", "--yes"];
    expect(await runCli(reset, { store })).toMatchObject({ exitCode: 0 });
    await until(async () => (await runCli(["parked"], { store })).stdout === "");
  });

  it("names messages that are no parked orders, and handles everything else", async () => {
    const server = await startServer();
    const { url: store } = server;
    const id = await place(store);
    await runCli(
      ["watch", "--as", "sales", "--until-caught-up", "--exec", "exit 1", "--max-attempts", "1"],
      { store },
    );
    const js = jetstream(await connectTo(server));
    const junk = [
      "hello",
      "null",
      "[1]",
      "{}",
      '{"seq":"x","reason":1}',
      JSON.stringify({ seq: 1, reason: "", attempts: 1, parkedAt: new Date().toISOString() }),
    ];
    for (const [n, body] of junk.entries()) await js.publish(`orders.parked.sales.junk-${n}`, body);
    await js.publish("orders.parked.NOBODY.x", "{}");
    await js.publish("orders.attempts.sales.x", "hello");
    const parked = await runCli(["parked", "--json"], { store });
    expect(parked.exitCode).toBe(6);
    expect(JSON.parse(parked.stdout)).toMatchObject([{ subscription: "sales", order: { id } }]);
    expect(asText(parked.stderr).match(/^orders-parked:\d+: not a parked order: /gm)).toHaveLength(
      7,
    );
    const listed = await runCli(["subscriptions", "--json"], { store });
    expect(listed.exitCode).toBe(6);
    expect(JSON.parse(listed.stdout)).toMatchObject([{ name: "sales", waiting: 0 }]);
    await runCli(["parked", "retry", id], { store });
    const next = await place(store);
    const watched = await runCli(["watch", "--as", "sales", "--until-caught-up", "-q"], { store });
    expect(watched.exitCode).toBe(6);
    expect(watched.stdout.split("\n").sort()).toEqual(["", id, next].sort());
  });

  it("has damaged parked orders dropped by their ids", async () => {
    const server = await startServer();
    const { url: store } = server;
    const [id, other] = [await place(store), anOrder().id];
    await runCli(
      ["watch", "--as", "sales", "--until-caught-up", "--exec", "exit 1", "--max-attempts", "1"],
      { store },
    );
    const js = jetstream(await connectTo(server));
    const parkedAt = new Date().toISOString();
    for (const body of ["hello", JSON.stringify({ seq: 1, reason: "", attempts: 1, parkedAt })]) {
      await js.publish(`orders.parked.sales.${other}`, body);
      const { exitCode, stderr } = await runCli(["parked"], { store });
      expect(exitCode).toBe(6);
      expect(stderr).toContain(`; to drop it: orders parked drop ${other} --as sales\n`);
      const drop = await runCli(["parked", "drop", other, "--as", "sales"], { store });
      expect(drop.stdout).toBe(`${other}\n`);
      expect(await runCli(["parked"], { store })).toMatchObject({ exitCode: 0, stderr: "" });
    }
    expect((await runCli(["parked", "--json"], { store })).stdout).toContain(id);
  });

  it.skipIf(ON_WINDOWS).each([[["--as", "sales"]], [[]]])(
    "(%j) ends with exit code 7 and one line when its login is revoked",
    async (argv) => {
      const users = (name: string) => `authorization { users: [{ user: ${name}, password: pw }] }`;
      const server = await startServer(users("ada"));
      const store = `${server.url.replace("//", "//ada:pw@")}`;
      await setUp(store);
      const watcher = await startWatch([...argv, "-q"], store);
      server.reconfigure((config) => config.replace("ada", "bob"));
      expect(await watcher.ended).toEqual({ code: 7, signal: null });
      expect(watcher.stderr).toMatch(
        /^watching .*\nconnection lost: .*\norders: cannot connect: authorization failed: .*\n {2}.*\n$/,
      );
    },
  );

  it.skipIf(ON_WINDOWS)(
    "goes on with what the credentials file holds when the server wants another",
    async () => {
      const credentials = await makeCredentials(temporaryDirectory());
      const { settings, rotated } = credentials;
      const server = await startServer(settings);
      const file = join(temporaryDirectory(), "sales.creds");
      copyFileSync(credentials.file, file);
      await setUp(server.url, { ORDERS_NATS_CREDS: file });
      const watcher = await startWatch(["--as", "sales", "-q"], server.url, {
        ORDERS_NATS_CREDS: file,
      });
      copyFileSync(rotated.file, file);
      await server.kill();
      server.reconfigure((config) => config.replace(settings, rotated.settings));
      await server.start();
      expect(
        await runCli(["list"], { store: server.url, env: { ORDERS_NATS_CREDS: credentials.file } }),
      ).toMatchObject({ exitCode: 7 });
      const { stdout } = await runCli(["place-order", "-q", "tv"], {
        store: server.url,
        env: { ORDERS_NATS_CREDS: rotated.file },
      });
      await watcher.until((written) => written.stdout.includes(stdout));
    },
  );

  it("says that the connection is lost and regained, and misses nothing", async () => {
    const server = await startServer();
    const { url: store } = server;
    await setUp(store);
    const watcher = await startWatch(["--as", "sales", "-q"], store);
    await server.kill();
    await watcher.until(({ stderr }) =>
      stderr.endsWith(`connection lost: ${store}; waiting for the server\n`),
    );
    await server.start();
    await watcher.until(({ stderr }) => stderr.endsWith(`connection regained: ${store}\n`));
    const id = await place(store);
    await watcher.until(({ stdout }) => stdout.includes(id));
    await server.kill();
    await watcher.until(({ stderr }) => times(stderr, "connection lost") === 2);
    watcher.process.kill("SIGTERM");
    expect(await watcher.ended).toEqual({ code: null, signal: "SIGTERM" });
  });

  it.skipIf(ON_WINDOWS)("says so too when the server hangs", async () => {
    const server = await startServer();
    await setUp(server.url);
    const watcher = await startWatch(["-q"], server.url);
    server.pause();
    await watcher.until(({ stderr }) => stderr.includes("connection lost: "));
    server.resume();
    await watcher.until(({ stderr }) => stderr.includes("connection regained: "));
    const id = await place(server.url);
    await watcher.until(({ stdout }) => stdout.includes(id));
  });

  it.each([[["--as", "sales"]], [[]]])(
    "(%j) gives up with exit code 7 once the connection is lost for as long as it was told",
    async (argv) => {
      const server = await startServer();
      await setUp(server.url);
      const watcher = await startWatch([...argv, "--give-up-after", "200ms"], server.url);
      await server.kill();
      expect(await watcher.ended).toEqual({ code: 7, signal: null });
      expect(watcher.stderr).toMatch(
        /\nconnection lost: .*\norders: cannot watch: no contact with the server: nats:.*\n/,
      );
    },
  );

  it("marks the status line of a terminal while the connection is lost", async () => {
    const server = await startServer();
    await setUp(server.url);
    let killed = false;
    const { endedBy, stderr } = await runCli(["watch"], {
      store: server.url,
      terminal: ["stderr"],
      whenWritten: (written, stop) => {
        if (!killed && written.stderr.includes("0 orders today")) {
          killed = true;
          void server.kill();
        }
        if (written.stderr.includes("connection lost; 0 orders today")) stop("SIGTERM");
      },
    });
    expect(endedBy).toBe("SIGTERM");
    expect(stderr).toContain(`connection lost: ${server.url}; waiting for the server\n`);
  });
});

/** Enough that a server which is killed comes back without the newest of them. */
const HANDLED = 15;

describeWithServer("a watcher whose command is running", () => {
  const busy = async (server: NatsServer) => {
    const { url: store } = server;
    const opened = await openStore(store);
    for (let n = 0; n < HANDLED; n++) await opened.save(anOrder());
    await opened.close();
    const directory = temporaryDirectory();
    const hook = `echo "$ORDERS_ID" >> ${directory}/begun; test $(wc -l < ${directory}/begun) -lt ${HANDLED} || until test -e ${directory}/go; do sleep 0.05; done`;
    const watcher = await startWatch(["--as", "sales", "--exec", hook], store);
    const begun = () =>
      existsSync(`${directory}/begun`) ? readFileSync(`${directory}/begun`, "utf8") : "";
    await until(() => begun().split("\n").length > HANDLED);
    return { store, watcher, begun, letGo: () => writeFileSync(`${directory}/go`, "") };
  };

  const failed = async ({ ended }: Watcher) => {
    expect(await ended).toEqual("it goes on");
  };

  it.skipIf(ON_WINDOWS)("goes on after its server was killed meanwhile", async () => {
    for (let round = 0; round < SOAK; round++) {
      const server = await startServer();
      const { store, watcher, begun, letGo } = await busy(server);
      await server.kill();
      await server.start();
      letGo();
      const next = await place(store);
      await Promise.race([until(() => begun().includes(next)), failed(watcher)]);
      watcher.process.kill("SIGTERM");
      await watcher.ended;
      await server.dispose();
    }
  });

  it.skipIf(ON_WINDOWS)("goes on after its subscription was reset meanwhile", async () => {
    const server = await startServer();
    const { store, watcher, begun, letGo } = await busy(server);
    const reset = ["subscriptions", "reset", "sales", "--from", "start", "--yes"];
    expect(await runCli(reset, { store })).toMatchObject({ exitCode: 0 });
    letGo();
    const next = await place(store);
    await Promise.race([until(() => begun().includes(next)), failed(watcher)]);
    expect(begun().split("\n").length).toBeGreaterThan(2 * HANDLED);
    watcher.process.kill("SIGTERM");
    await watcher.ended;
  });
});

describeWithServer("a subscriber of a server", () => {
  it("asks it rarely while nothing is to do", async () => {
    const server = await startServer();
    const nc = await connectTo(server);
    const waits: number[] = [];
    nc.subscribe("$JS.API.CONSUMER.MSG.NEXT.>", {
      callback: (_, msg) => void waits.push(msg.json<{ expires: number }>().expires),
    });
    await nc.flush();
    const store = await openStore(server.url);
    const sales = await subscribed(await store.feed(), "sales");
    await until(() => waits.length === 2); // orders, and what is to be retried
    await sales.end();
    await store.close();
    expect(waits).toEqual([10e9, 10e9]);
  });

  it("that ends leaves nothing to wait for, whatever is under way", async () => {
    const server = await startServer();
    const store = await openStore(server.url);
    const { consumers } = jetstream(await connectTo(server));
    for (let round = 0; round < 20; round++) {
      const sales = await subscribed(await store.feed(), "sales");
      const placed = store.save(anOrder());
      for (let turn = 0; turn < round; turn++) await new Promise(setImmediate);
      await Promise.all([sales.end(), placed]);
      // Shorter than what was sent to nobody would have to wait.
      const next = await (await consumers.get("orders", "sales")).next({ expires: 5000 });
      expect(await next?.ackAck()).toBe(true);
    }
    await store.close();
  });
});
