import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, onTestFinished } from "vitest";
import { has } from "./needs.js";
import { until } from "./until.js";

/** `describe` for tests that start nats-server. */
export function describeWithServer(title: string, tests: () => void): void {
  describe.runIf(has("nats-server", "apt-get install nats-server"))(title, tests);
}

/** A nats-server of its own: own port on the loopback, own directory, killed in the end. */
export class NatsServer {
  readonly port: number;
  readonly directory: string;
  #process: ChildProcess | undefined;

  constructor(port: number, directory: string) {
    this.port = port;
    this.directory = directory;
  }

  /** Its address, as a location of orders. */
  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts it, or starts it again. It takes connections when this resolves. */
  async start(): Promise<void> {
    const child = spawn("nats-server", ["--config", join(this.directory, "server.conf")], {
      stdio: "ignore",
    });
    this.#process = child;
    RUNNING.add(child);
    child.once("exit", () => RUNNING.delete(child));
    await until(() => child.exitCode !== null || child.signalCode !== null || greets(this.port));
    if (child.exitCode !== null) throw new Error(`nats-server exited ${child.exitCode}`);
  }

  /** Ends it, at once unless told otherwise, and waits until it has ended. */
  async kill(signal: NodeJS.Signals = "SIGKILL"): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, "exit");
    child.kill(signal);
    await exited;
  }

  /** Stops it as if its machine hung. */
  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  /** Lets it go on. */
  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/**
 * Starts a server for the running test.
 *
 * @param settings lines of its configuration besides port and JetStream; with a `jetstream` of its
 *   own if it is to have another.
 */
export async function startServer(settings = ""): Promise<NatsServer> {
  const server = await newServer(settings);
  onTestFinished(() => server.dispose());
  await server.start();
  return server;
}

/** A server for all tests of a `describe`; each test should use a stream of its own. */
export function sharedServer(settings = ""): { readonly url: string } {
  let server: NatsServer | undefined;
  beforeAll(async () => {
    server = await newServer(settings);
    await server.start();
  });
  afterAll(() => server?.dispose());
  return {
    get url() {
      return server?.url ?? "";
    },
  };
}

/** Starts a cluster of three for the running test. They know each other when this resolves. */
export async function startCluster(): Promise<readonly [NatsServer, NatsServer, NatsServer]> {
  const routes = [await freePort(), await freePort(), await freePort()];
  const urls = routes.map((port) => `nats://127.0.0.1:${port}`).join(", ");
  const node = (index: number) =>
    newServer(`
      server_name: node-${index}
      cluster { name: test, listen: "127.0.0.1:${routes[index]}", routes: [${urls}] }
    `);
  const nodes = [await node(0), await node(1), await node(2)] as const;
  for (const each of nodes) onTestFinished(() => each.dispose());
  await Promise.all(nodes.map((each) => each.start()));
  return nodes;
}

/** The location of a store on several servers. */
export function locationOf(servers: readonly NatsServer[], query = ""): string {
  return `nats://${servers.map(({ port }) => `127.0.0.1:${port}`).join(",")}${query}`;
}

async function newServer(settings: string): Promise<NatsServer> {
  const port = await freePort();
  const directory = mkdtempSync(join(tmpdir(), "orders-nats-"));
  const jetstream = join(directory, "jetstream");
  mkdirSync(jetstream);
  const own = /^\s*jetstream\b/m.test(settings) ? "" : `jetstream { store_dir: "${jetstream}" }`;
  writeFileSync(
    join(directory, "server.conf"),
    `listen: "127.0.0.1:${port}"\n${own}\n${settings.replaceAll("STORE_DIR", jetstream)}\n`,
  );
  return new NatsServer(port, directory);
}

const RUNNING = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of RUNNING) child.kill("SIGKILL");
});

const GIVEN = new Set<number>();

/** A port that nobody has, below those that outgoing connections are given. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 20_000);
    if (!GIVEN.has(port) && (await isFree(port))) {
      GIVEN.add(port);
      return port;
    }
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

/** Whether a server says who it is, as one does once it is ready. */
function greets(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("data", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
