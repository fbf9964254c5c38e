import { writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { DiscardPolicy, jetstreamManager, RetentionPolicy } from "@nats-io/jetstream";
import { expect, it, onTestFinished } from "vitest";
import { makeCertificates } from "../support/certificates.js";
import { makeCredentials } from "../support/credentials.js";
import {
  connectTo,
  describeWithServer,
  freePort,
  type NatsServer,
  newServer,
  startServer,
} from "../support/nats-server.js";
import { runCli } from "../support/run-cli.js";
import { runOrders } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { until } from "../support/until.js";

const place = (store: string, env = {}, item = "tv") =>
  runCli(["place-order", item], { store, env });

async function manage(server: NatsServer) {
  return jetstreamManager(await connectTo(server), { checkAPI: false });
}

async function listener(greeting: string): Promise<number> {
  const port = await freePort();
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.write(greeting);
  });
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  return port;
}

const failed = (what: string, store: string, hint = "") => ({
  exitCode: 7,
  stdout: "",
  stderr: `orders: cannot ${what}: ${store}\n${hint && `  ${hint}\n`}`,
});

describeWithServer("what a server refuses is one line, a hint and exit code 7:", () => {
  it("nobody listens", async () => {
    const store = `nats://127.0.0.1:${await freePort()}`;
    const told = failed(
      "connect: connection refused",
      store,
      "start the server, or correct the address",
    );
    expect(await place(store)).toEqual(told);
    expect(await runCli(["list"], { store })).toEqual(told);
  });

  it("the host is unknown", async () => {
    // No name server is asked for a label that is longer than one can be: RFC 1035, 2.3.4.
    const store = `nats://${"x".repeat(64)}.example:4222`;
    expect(await place(store)).toEqual(
      failed("connect: unknown node or service", store, "correct the address"),
    );
  });

  it("something else answers", async () => {
    const store = `nats://127.0.0.1:${await listener("SSH-2.0-OpenSSH_9.2\r\n")}`;
    expect(await place(store)).toEqual(
      failed(
        "connect: unexpected response from server",
        store,
        "check that it is the port for NATS clients",
      ),
    );
  });

  it("the server is older than 2.10.27", async () => {
    const info = JSON.stringify({ version: "2.10.22", proto: 1, headers: true, max_payload: 1024 });
    const port = await listener(`INFO ${info}\r\nPONG\r\n`);
    const store = `nats://127.0.0.1:${port}`;
    const hint = "it can lose or skip orders: use nats-server 2.10.27 or later";
    const told = failed("connect: nats-server 2.10.22 is too old", store, hint);
    for (const argv of [["place-order", "tv"], ["list"], ["watch"]]) {
      expect(await runCli(argv, { store })).toEqual(told);
    }
  });

  it("nobody answers", async () => {
    const store = `nats://127.0.0.1:${await listener("")}?timeout=1`;
    expect(await place(store)).toMatchObject({
      exitCode: 7,
      stderr: expect.stringContaining(`cannot connect: no answer: ${store}\n`),
    });
  });

  it("the password is wrong, and is not shown", async () => {
    const server = await startServer("authorization { user: ada, password: secret }");
    const hint = "use nats://user:password@host, or set ORDERS_NATS_CREDS";
    const what = "connect: authorization failed";
    expect(await place(server.url.replace("//", "//ada:hidden@"))).toEqual(
      failed(what, server.url, hint),
    );
    expect(await place(server.url)).toEqual(failed(what, server.url, hint));
    expect(await place(server.url.replace("//", "//ada:secret@"))).toMatchObject({ exitCode: 0 });
  });

  it("credentials are missing or another's, until ORDERS_NATS_CREDS names the right ones", async () => {
    const [ours, others] = [
      await makeCredentials(temporaryDirectory()),
      await makeCredentials(temporaryDirectory()),
    ];
    const { url } = await startServer(ours.settings);
    const refused = failed(
      "connect: authorization failed",
      url,
      "use nats://user:password@host, or set ORDERS_NATS_CREDS",
    );
    expect(await place(url)).toEqual(refused);
    expect(await place(url, { ORDERS_NATS_CREDS: others.file })).toEqual(refused);
    for (const argv of [["place", "--trace", "tv"], ["where"], ["list"], ["check"]]) {
      const world = { store: url, env: { ORDERS_NATS_CREDS: ours.file } };
      const outcome = await runCli(argv, world);
      expect(outcome).toMatchObject({ exitCode: 0 });
      expect(JSON.stringify(outcome)).not.toContain(ours.secret);
    }
  });

  it("what ORDERS_NATS_CREDS names holds no login", async () => {
    const { url } = await startServer();
    const file = join(temporaryDirectory(), "empty.creds");
    writeFileSync(file, "hello\n");
    expect(await place(url, { ORDERS_NATS_CREDS: file })).toEqual({
      exitCode: 2,
      stdout: "",
      stderr: `orders: cannot use ORDERS_NATS_CREDS: neither NATS credentials nor an nkey seed nor user:password: ${file}\n`,
    });
  });

  it("the user may not publish", async () => {
    const server = await startServer(
      'authorization { users: [{ user: ada, password: pw, permissions: { publish: { deny: "orders.>" } } }] }',
    );
    const { exitCode, stdout, stderr } = await place(server.url.replace("//", "//ada:pw@"));
    expect({ exitCode, stdout }).toEqual({ exitCode: 7, stdout: "" });
    expect(stderr).toMatch(
      /^orders: cannot store the order: Permissions Violation for Publish to "orders\.order-created\.[0-9a-f]{8}\.[0-9a-f-]{36}": nats/,
    );
  });

  it("JetStream is off", async () => {
    const { url } = await startServer("jetstream: disabled");
    const hint = "start it with nats-server --jetstream, or use another server";
    const why = "JetStream is off on this server";
    expect(await place(url)).toEqual(failed(`store the order: ${why}`, url, hint));
    expect(await runCli(["list"], { store: url })).toEqual(
      failed(`read the orders: ${why}`, url, hint),
    );
  });

  it("JetStream is off for the account", async () => {
    const { url } = await startServer(
      "accounts { ONE: { users: [{ user: ada, password: pw }] }, TWO: { jetstream: enabled } }",
    );
    expect(await place(url.replace("//", "//ada:pw@"))).toEqual(
      failed("store the order: JetStream not enabled for account (10039)", url),
    );
  });

  it("the stream is full", async () => {
    const server = await startServer();
    const { streams } = await manage(server);
    const subjects = ["orders.order-created.*.*"];
    await streams.add({ name: "orders", subjects, max_msgs: 1, discard: DiscardPolicy.New });
    expect((await place(server.url)).exitCode).toBe(0);
    expect(await place(server.url)).toEqual(
      failed(
        "store the order: the server is full",
        server.url,
        "raise the storage limit of the stream, its account or the server",
      ),
    );
  });

  it.each([
    ["the server", "jetstream { store_dir: STORE_DIR, max_file_store: 1MB }"],
    [
      "the account",
      "accounts { ONE: { jetstream: { max_file: 1MB }, users: [{ user: ada, password: pw }] } }",
    ],
  ])("%s is full", async (_, settings) => {
    const { url } = await startServer(settings);
    const store = settings.includes("ada") ? url.replace("//", "//ada:pw@") : url;
    const item = "x".repeat(600_000);
    const outcomes = [];
    for (let n = 0; n < 3; n++) outcomes.push(await place(store, {}, item));
    expect(outcomes.map(({ exitCode }) => exitCode)).toContain(7);
    expect(outcomes.find(({ exitCode }) => exitCode === 7)).toEqual(
      failed(
        "store the order: the server is full",
        url,
        "raise the storage limit of the stream, its account or the server",
      ),
    );
    const stored = outcomes.filter(({ exitCode }) => exitCode === 0).length;
    expect((await runCli(["list", "--count"], { store })).stdout).toBe(`${stored}\n`);
  });

  it.each([
    ["the server", "max_payload: 1000"],
    ["the stream", ""],
  ])("the order is too large for %s", async (_, settings) => {
    const server = await startServer(settings);
    const { streams } = await manage(server);
    await streams.add({
      name: "orders",
      subjects: ["orders.order-created.*.*"],
      max_msg_size: 900,
    });
    expect(await place(server.url, {}, "x".repeat(1000))).toEqual(
      failed(
        "store the order: the order is larger than the server accepts",
        server.url,
        "raise max_payload on the server (1 MB unless set), or split the order",
      ),
    );
  });

  it("another stream has the subjects", async () => {
    const server = await startServer();
    const { streams } = await manage(server);
    await streams.add({ name: "other", subjects: ["orders.order-created.*.*"] });
    const store = `${server.url}?stream=mine&prefix=orders`;
    expect(await place(store)).toEqual(
      failed(
        "store the order: another stream already has these subjects",
        store,
        "name that stream with ?stream=…, or use another ?prefix=…",
      ),
    );
  });

  it("the stream takes other subjects", async () => {
    const server = await startServer();
    const { streams } = await manage(server);
    await streams.add({ name: "orders", subjects: ["old.*"] });
    const { exitCode, stderr } = await place(server.url);
    expect(exitCode).toBe(7);
    expect(stderr).toMatch(/stream orders does not accept orders\.order-created\.\S+: nats/);
    expect(stderr).toContain("  it accepts old.*; see ?prefix=… and ?stream=…\n");
  });

  it("a lone server cannot keep three replicas", async () => {
    const { url } = await startServer();
    const store = `${url}?replicas=3`;
    expect(await place(store)).toEqual(
      failed(
        "store the order: replicas > 1 not supported in non-clustered mode (10074)",
        store,
        "use ?replicas=1, or a cluster of that many servers",
      ),
    );
  });

  it("the stream is sealed", async () => {
    const server = await startServer();
    const { url: store } = server;
    const { stdout } = await runCli(["place", "-q", "tv"], { store });
    const { streams } = await manage(server);
    await streams.update("orders", { sealed: true } as object);
    const why = "invalid operation on sealed stream (10109)";
    expect(await place(store)).toEqual(failed(`store the order: ${why}`, store));
    expect(await runCli(["cancel", stdout.trim()], { store })).toEqual(
      failed(`cancel the order: ${why}`, store),
    );
    expect((await runCli(["init"], { store })).stderr).toContain("sealed is true, not false");
    expect((await runCli(["list"], { store })).stdout).toContain(stdout.trim());
  });

  it("the stream is a work queue, and stays one", async () => {
    const server = await startServer();
    const { url: store } = server;
    const { streams } = await manage(server);
    const subjects = ["orders.order-created.*.*", "orders.order-closed.*.*"];
    await streams.add({ name: "orders", subjects, retention: RetentionPolicy.Workqueue });
    await place(store);
    expect(await runCli(["list"], { store })).toMatchObject({
      exitCode: 7,
      stdout: "",
      stderr: expect.stringContaining("orders: cannot read the orders: "),
    });
    expect(await runCli(["init", "--alter"], { store })).toMatchObject({
      exitCode: 7,
      stdout: "",
      stderr: expect.stringMatching(
        /^orders: cannot set up the store: stream configuration update can not change retention policy/,
      ),
    });
  });

  it("the account allows too few unacknowledged messages for watching", async () => {
    const { url } = await startServer(
      "accounts { ONE: { jetstream: { max_ack_pending: 100 }, users: [{ user: ada, password: pw }] } }",
    );
    const store = url.replace("//", "//ada:pw@");
    await place(store);
    const { exitCode, stderr } = await runCli(["watch", "--as", "sales"], { store });
    expect(exitCode).toBe(7);
    expect(stderr).toMatch(
      /^orders: cannot subscribe: consumer max ack pending exceeds .* of 100 /,
    );
  });

  it("the certificate is not trusted, until ORDERS_NATS_CA says whom to trust", async () => {
    const { ca, cert, key } = makeCertificates(temporaryDirectory());
    const server = await startServer(`tls { cert_file: "${cert}", key_file: "${key}" }`);
    const store = server.url.replace("nats:", "tls:");
    expect(await place(store)).toEqual(
      failed(
        "connect: unable to verify the first certificate",
        store,
        "set ORDERS_NATS_CA to the certificate file of the authority that signed it",
      ),
    );
    expect((await place(store, { ORDERS_NATS_CA: ca })).exitCode).toBe(0);
  });

  it("the server wants a client certificate", async () => {
    const { ca, cert, key } = makeCertificates(temporaryDirectory());
    const server = await startServer(
      `tls { cert_file: "${cert}", key_file: "${key}", ca_file: "${ca}", verify: true }`,
    );
    const store = server.url.replace("nats:", "tls:");
    const { exitCode, stderr } = await place(store, { ORDERS_NATS_CA: ca });
    expect(exitCode).toBe(7);
    expect(stderr).toContain("client certificate");
    const own = { ORDERS_NATS_CA: ca, ORDERS_NATS_CERT: cert, ORDERS_NATS_KEY: key };
    expect((await place(store, own)).exitCode).toBe(0);
  });

  it("tls:// never falls back to plain text", async () => {
    const { url } = await startServer();
    const store = url.replace("nats:", "tls:");
    expect(await place(store)).toEqual(
      failed(
        "connect: server does not support 'tls'",
        store,
        "tls:// never falls back to plain text; use nats:// to connect without encryption",
      ),
    );
  });

  it.each(["websocket", "http"])("the port is that for %s", async (kind) => {
    const port = await freePort();
    await startServer(
      kind === "http" ? `http: "127.0.0.1:${port}"` : `websocket { port: ${port}, no_tls: true }`,
    );
    const store = `nats://127.0.0.1:${port}?timeout=1`;
    // As a process: a connection that is left open would keep it from ending.
    const { exitCode, stderr } = await runOrders(["list"], store);
    expect(exitCode).toBe(7);
    expect(stderr).toMatch(
      /^orders: cannot connect: no answer: .*\n {2}check that it is the port for NATS clients/,
    );
  });

  it("the server is full of connections", async () => {
    const server = await startServer("max_connections: 1");
    await connectTo(server);
    const { exitCode, stderr } = await place(server.url);
    expect(exitCode).toBe(7);
    expect(stderr).toMatch(/^orders: cannot connect: no answer: .*\n.* takes more connections/);
  });

  it("the server allows no subscription for watching", async () => {
    const { url: store } = await startServer("max_subscriptions: 1");
    await place(store);
    expect(await runCli(["watch", "--as", "sales", "--until-caught-up"], { store })).toMatchObject({
      exitCode: 7,
      stderr: expect.stringMatching(/^orders: cannot watch: maximum subscriptions exceeded: /),
    });
  });

  it("the account allows too few streams, or too few consumers", async () => {
    const limited = async (limit: string) => {
      const { url } = await startServer(
        `accounts { ONE: { jetstream: { ${limit}: 1 }, users: [{ user: ada, password: pw }] } }`,
      );
      return url.replace("//", "//ada:pw@");
    };
    const streams = await limited("max_streams");
    expect(await place(streams)).toMatchObject({ exitCode: 0 });
    expect((await runCli(["init"], { store: streams })).stderr).toContain(
      "maximum number of streams reached",
    );
    const store = `${await limited("max_consumers")}?timeout=4`;
    await place(store);
    for (const name of ["sales", "stock"]) {
      const { stderr } = await runCli(["watch", "--as", name, "--until-caught-up"], { store });
      expect(stderr.includes("maximum consumers limit reached")).toBe(name === "stock");
    }
  });
});

describeWithServer("a server", () => {
  const jetstream = "jetstream: { max_file: 10MB, max_bytes_required: true }";
  it("is used with ?max_bytes where its account requires a limit", async () => {
    const server = await startServer(
      `accounts { ONE: { ${jetstream}, users: [{ user: ada, password: pw }] } }`,
    );
    const store = server.url.replace("//", "//ada:pw@");
    expect((await place(store)).stderr).toContain("add ?max_bytes=");
    const limited = `${store}?max_bytes=1MB`;
    const { exitCode, stdout, stderr } = await runCli(["init"], { store: limited });
    expect(exitCode).toBe(0);
    expect(stdout + stderr).toContain("at most 1048576 bytes, refuses when full");
    expect(await place(limited)).toMatchObject({ exitCode: 0 });
  });

  it("does not tell who may not receive answers what became of an order: exit code 8", async () => {
    const server = await startServer(
      'authorization { users: [{ user: ada, password: pw, permissions: { subscribe: { deny: "_INBOX.>" } } }] }',
    );
    const { exitCode, stderr } = await place(server.url.replace("//", "//ada:pw@"));
    expect(exitCode).toBe(8);
    expect(stderr).toMatch(
      /^orders: cannot confirm that order (\S+) was stored: Permissions Violation for Subscription to "_INBOX\.\S+": .*\n {2}it may or may not be stored; placing it again with --id \1 is safe\n$/,
    );
  });

  it("is reached where it starts TLS before anything else", async () => {
    const { ca, cert, key } = makeCertificates(temporaryDirectory());
    const server = await newServer({
      settings: `tls { cert_file: "${cert}", key_file: "${key}", handshake_first: true }`,
    });
    onTestFinished(() => server.dispose());
    // It does not greet in plain text, which is what starting it waits for.
    void server.start();
    const store = server.url.replace("nats:", "tls:");
    await until(async () => (await place(store, { ORDERS_NATS_CA: ca })).exitCode === 0);
    expect((await place(`${server.url}?timeout=1`)).stderr).toContain("use tls://");
  });
});
