import { readFileSync, writeFileSync } from "node:fs";
import {
  createServer,
  type IncomingHttpHeaders,
  type RequestListener,
  type Server,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { connect } from "node:net";
import { join } from "node:path";
import { Webhook } from "standardwebhooks";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { makeCertificates } from "../support/certificates.js";
import { runCli } from "../support/run-cli.js";
import { environment, runOrders } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const SECRET = `whsec_${Buffer.alloc(32, "new").toString("base64")}`;
const OLD_SECRET = `whsec_${Buffer.alloc(24, "old").toString("base64")}`;

/** That of the machine is none of ours. */
const NO_PROXY = { http_proxy: "", HTTP_PROXY: "", https_proxy: "", HTTPS_PROXY: "" };

interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

let store: string;
let received: Received[];
beforeEach(() => {
  store = temporaryDirectory();
  received = [];
});

/** A server that answers each request with the next of some statuses, and then with 204. */
async function serving(
  answers: readonly (number | "nothing" | "silence")[] = [],
  headers: Record<string, string> = {},
): Promise<string> {
  const left = [...answers];
  return listening(
    createServer(
      collecting((response) => {
        const answer = left.shift() ?? 204;
        if (answer === "nothing") response.destroy();
        else if (answer !== "silence") response.writeHead(answer, headers).end("thanks");
      }),
    ),
  );
}

function collecting(answer: (response: Parameters<RequestListener>[1]) => void): RequestListener {
  return async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    received.push({ headers: request.headers, body });
    answer(response);
  };
}

async function listening(server: Server, scheme = "http"): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const place = async (...argv: string[]) =>
  (await runCli(["place-order", "-q", ...argv], { store })).stdout.trim();

function forward(url: string, argv: readonly string[] = [], env: Record<string, string> = {}) {
  const line = ["watch", "--as", "web", "--until-caught-up", "--forward-to", url];
  return runOrders([...line, "--retry-pause", "1ms", ...argv], store, {
    env: { ...environment(store), ...NO_PROXY, ORDERS_WEBHOOK_SECRET: SECRET, ...env },
  });
}

async function parked() {
  const { stdout } = await runCli(["parked", "--json"], { store });
  return JSON.parse(stdout).map(({ reason, attempts }: Record<string, unknown>) => {
    return { reason, attempts };
  });
}

describe("orders watch --forward-to", () => {
  it("passes on the trace in which the order was placed", async () => {
    const traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    const url = await serving();
    await runCli(["place-order", "tv"], { store, env: { TRACEPARENT: traceparent } });
    await place("lamp");
    expect((await forward(url)).exitCode).toBe(0);
    expect(received.map(({ headers }) => headers.traceparent)).toEqual([traceparent, undefined]);
    expect(JSON.parse(received[0]?.body ?? "").payload.order).toMatchObject({ traceparent });
  });

  it("sends each event as JSON, signed by the specification, and handles it once it is taken", async () => {
    const url = await serving();
    const id = await place("--for", "Ada", "100 inch TV", "Stühle 📦");
    await runCli(["cancel", id, "--reason", "sold out"], { store });
    const { exitCode, stdout, stderr } = await forward(`${url}/hooks?key=1`);
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: "", stderr: "" });
    const events = received.map(({ headers, body }) => {
      return new Webhook(SECRET).verify(body, headers as Record<string, string>);
    });
    const order = {
      id,
      placedAt: expect.any(String),
      items: ["100 inch TV", "Stühle 📦"],
      for: "Ada",
    };
    expect(events).toEqual([
      {
        id: `order-created-${id}`,
        topic: "order-created",
        occurredAt: expect.any(String),
        correlationId: id,
        payload: { order },
      },
      {
        id: `order-cancelled-${id}`,
        topic: "order-cancelled",
        occurredAt: expect.any(String),
        correlationId: id,
        payload: { order: { ...order, cancelledAt: expect.any(String), reason: "sold out" } },
      },
    ]);
    expect(received[0]?.headers).toMatchObject({
      "content-type": "application/json",
      "webhook-id": `order-created-${id}`,
    });
    await forward(url);
    expect(received).toHaveLength(2);
  });

  it("signs with the new and the old secret while one is being replaced, from a file too", async () => {
    const url = await serving();
    const file = join(temporaryDirectory(), "secret");
    writeFileSync(file, `${SECRET}\n${OLD_SECRET}\n`);
    await place("tv");
    const env = { ORDERS_WEBHOOK_SECRET: "", ORDERS_WEBHOOK_SECRET_FILE: file };
    expect(await forward(url, [], env)).toMatchObject({ exitCode: 0 });
    const [{ headers, body }] = received as [Received];
    for (const secret of [SECRET, OLD_SECRET]) {
      expect(new Webhook(secret).verify(body, headers as Record<string, string>)).toBeTruthy();
    }
  });

  it.each([
    [[500, 502], 3],
    [["nothing"], 2],
    [[301], 2],
  ] as const)("sends it again after %j", async (answers, times) => {
    const url = await serving(answers, { location: "http://127.0.0.1:1/elsewhere" });
    await place("tv");
    expect(await forward(url)).toMatchObject({ exitCode: 0 });
    expect(received).toHaveLength(times);
    const ids = received.map(({ headers }) => headers["webhook-id"]);
    expect(new Set(ids).size).toBe(1);
    expect(await parked()).toEqual([]);
  });

  it("parks it after the last attempt", async () => {
    const url = await serving([500, 500, 500]);
    await place("tv");
    expect(await forward(url, ["--max-attempts", "3"])).toMatchObject({ exitCode: 0 });
    const host = new URL(url).host;
    expect(await parked()).toEqual([
      { reason: `${host} answered 500 Internal Server Error`, attempts: 3 },
    ]);
  });

  it.each([400, 404, 422])("parks at once what is refused with %d", async (status) => {
    const url = await serving([status]);
    await place("tv");
    await forward(url);
    expect(await parked()).toMatchObject([{ attempts: 1 }]);
    expect(received).toHaveLength(1);
  });

  it.each([429, 503])(
    "waits as long as an answer of %d says, and counts no attempt",
    async (status) => {
      const url = await serving([status, status, status], { "retry-after": "0" });
      await place("tv");
      const { exitCode } = await forward(url, ["--max-attempts", "1"]);
      expect(exitCode).toBe(0);
      expect(received).toHaveLength(4);
      expect(await parked()).toEqual([]);
    },
  );

  it("stops at 410, and keeps the event", async () => {
    const url = await serving([410]);
    await place("tv");
    const { exitCode, stderr } = await forward(url);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(
      /^orders: the webhook is gone: 127\.0\.0\.1:\d+ answered 410 Gone\n {2}the order is still waiting\n$/,
    );
    expect(await forward(url)).toMatchObject({ exitCode: 0 });
    expect(received).toHaveLength(2);
  });

  it("gives up a request that takes too long", async () => {
    const url = await serving(["silence"]);
    await place("tv");
    await forward(url, ["--timeout", "100ms", "--max-attempts", "1"]);
    expect(await parked()).toEqual([{ reason: "timed out after 100 ms", attempts: 1 }]);
  });

  it("says so where nothing listens", async () => {
    await place("tv");
    await forward("http://127.0.0.1:9", ["--max-attempts", "1"]);
    expect(await parked()).toEqual([
      { reason: expect.stringMatching(/^no answer from 127\.0\.0\.1:9: ./), attempts: 1 },
    ]);
  });

  it("trusts a certificate of its own authority only if it is told to", async () => {
    const certificates = makeCertificates(temporaryDirectory());
    const options = {
      key: readFileSync(certificates.key),
      cert: readFileSync(certificates.cert),
    };
    const url = await listening(
      createTlsServer(
        options,
        collecting((response) => response.writeHead(204).end()),
      ),
      "https",
    );
    await place("tv");
    await forward(url, ["--max-attempts", "1"]);
    expect(received).toEqual([]);
    expect(await parked()).toMatchObject([{ attempts: 1 }]);
    await runCli(["parked", "retry", "--all"], { store });
    await forward(url, [], { NODE_EXTRA_CA_CERTS: certificates.ca });
    expect(received).toHaveLength(1);
  });

  it("goes through the proxy that the environment names, or says that it cannot", async () => {
    const url = await serving();
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on("connect", (request, socket) => {
      asked.push(request.url ?? "");
      const { hostname, port } = new URL(`http://${request.url}`);
      const onward = connect(Number(port), hostname, () => {
        socket.write("HTTP/1.1 200 OK\r\n\r\n");
        onward.pipe(socket).pipe(onward);
      });
    });
    proxy.on("request", async (request, response) => {
      asked.push(new URL(request.url ?? "").host);
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const answer = await fetch(request.url as string, {
        method: "POST",
        headers: { "webhook-id": "proxied" },
        body: Buffer.concat(chunks),
      });
      response.writeHead(answer.status).end();
    });
    await place("tv");
    const { exitCode, stderr } = await forward(url, [], { http_proxy: await listening(proxy) });
    if (exitCode === 2) {
      expect(stderr).toMatch(/^orders: this Node\.js cannot use the proxy in http_proxy\n/);
      return;
    }
    expect(exitCode).toBe(0);
    expect(asked).toEqual([new URL(url).host]);
    expect(received).toHaveLength(1);
  });

  it.each([
    [
      "ftp://shop.example",
      {},
      "invalid --forward-to 'ftp://shop.example': it must be a web address",
    ],
    ["shop.example", {}, "invalid --forward-to 'shop.example': it must be a web address"],
    ["https://me:secret@shop.example", {}, "invalid --forward-to"],
    [
      "https://shop.example",
      { ORDERS_WEBHOOK_SECRET: "" },
      "a webhook is signed, and there is no secret",
    ],
    [
      "https://shop.example",
      { ORDERS_WEBHOOK_SECRET: "hunter2" },
      "the secret of the webhook must be whsec_",
    ],
    [
      "https://shop.example",
      { ORDERS_WEBHOOK_SECRET: "", ORDERS_WEBHOOK_SECRET_FILE: "no/such/file" },
      "cannot read the secret of the webhook: no such file or directory: no/such/file",
    ],
  ])("refuses %s with %j", async (url, env, message) => {
    await place("tv");
    const { exitCode, stderr } = await forward(url, [], env);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`orders: ${message}`);
    expect(stderr).not.toContain("hunter2");
  });
});
