import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as bareConnect, type NatsConnection } from "@nats-io/transport-node";
import { afterAll, beforeAll, describe, onTestFinished } from "vitest";
import { has, ON_WINDOWS } from "./needs.js";
import { type Host, LOOPBACK } from "./network.js";
import { ROOT } from "./run-orders.js";
import { until } from "./until.js";

/** 2.10.27 or later, which is what `orders` connects to. */
const CURRENT = /v(?:2\.10\.(?:2[7-9]|[3-9]\d)|2\.(?:1[1-9]|[2-9]\d)\.|[3-9]\.)/;

/** The one that is named, else the installed one, else the one that CI fetches. */
const SERVER =
  [
    process.env.CURRENT_NATS_SERVER,
    "nats-server",
    join(ROOT, "node_modules/.cache/nats-server/nats-server"),
  ].find((program) => program && isCurrent(program)) ?? "nats-server";

function isCurrent(program: string): boolean {
  return CURRENT.test(spawnSync(program, ["--version"], { encoding: "utf8" }).stdout ?? "");
}

/** `describe` for tests that start nats-server. */
export function describeWithServer(title: string, tests: () => void): void {
  const install = "run .ci/nats-server, which fetches one, or name one in CURRENT_NATS_SERVER";
  describe.runIf(has(SERVER, install, CURRENT))(title, tests);
}

/** How a server is to be, where it matters to a test. */
export interface ServerOptions {
  /**
   * Lines of its configuration besides port and JetStream; with a `jetstream` of its own if it is to
   * have another.
   */
  readonly settings?: string;
  readonly host?: Host;
}

/** A nats-server of its own: own port, own directory, killed in the end. */
export class NatsServer {
  /** Host and port. */
  readonly address: string;
  readonly directory: string;
  readonly #command: readonly [string, readonly string[]];
  #process: ChildProcess | undefined;

  constructor(address: string, directory: string, command: readonly [string, readonly string[]]) {
    this.address = address;
    this.directory = directory;
    this.#command = command;
  }

  /** Its address, as a location of orders. */
  get url(): string {
    return `nats://${this.address}`;
  }

  /** Starts it, or starts it again. It takes connections when this resolves. */
  async start(): Promise<void> {
    const child = spawn(...this.#command, { stdio: "ignore" });
    this.#process = child;
    RUNNING.add(child);
    child.once("exit", () => RUNNING.delete(child));
    await until(() => child.exitCode !== null || child.signalCode !== null || greets(this.address));
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

  /** Changes its configuration, and has it reload it. Windows has no signal for that. */
  reconfigure(change: (config: string) => string): void {
    const config = join(this.directory, "server.conf");
    writeFileSync(config, change(readFileSync(config, "utf8")));
    this.#process?.kill("SIGHUP");
  }

  /** Stops it as if its machine hung. Windows has no signal for that. */
  pause(): void {
    this.#process?.kill("SIGSTOP");
  }

  /** Lets it go on. */
  resume(): void {
    this.#process?.kill("SIGCONT");
  }

  /** Ends it, and has it begin anew when it is started again. */
  async forget(): Promise<void> {
    await this.kill();
    rmSync(join(this.directory, "jetstream"), { recursive: true, force: true });
  }

  async dispose(): Promise<void> {
    await this.kill();
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 10 });
  }
}

/** Starts a server for the running test. */
export async function startServer(settings = ""): Promise<NatsServer> {
  const server = await newServer({ settings });
  onTestFinished(() => server.dispose());
  await server.start();
  return server;
}

/** A connection of the bare client to a server, for the running test. */
export async function connectTo(server: NatsServer): Promise<NatsConnection> {
  let nc: NatsConnection | undefined;
  // A server that takes one connection may still count that which waited for its start.
  await until(async () => {
    nc = await bareConnect({ servers: server.address, timeout: 1000 }).catch(() => undefined);
    return nc !== undefined;
  });
  const connected = nc as unknown as NatsConnection;
  onTestFinished(() => connected.close());
  return connected;
}

/** A server for all tests of a `describe`; each test should use a stream of its own. */
export function sharedServer(options: ServerOptions = {}): { readonly url: string } {
  let server: NatsServer | undefined;
  beforeAll(async () => {
    server = await newServer(options);
    await server.start();
  });
  afterAll(() => server?.dispose());
  return {
    get url() {
      return server?.url ?? "";
    },
  };
}

/** Writes a server's configuration; it is yet to be started, and to be disposed of. */
export async function newServer({
  settings = "",
  host = LOOPBACK,
}: ServerOptions): Promise<NatsServer> {
  const address = `${host.address}:${await freePort()}`;
  const directory = mkdtempSync(join(tmpdir(), "orders-nats-"));
  const jetstream = join(directory, "jetstream");
  mkdirSync(jetstream);
  const own = /^\s*jetstream\b/m.test(settings) ? "" : `jetstream { store_dir: "${jetstream}" }`;
  const config = join(directory, "server.conf");
  const text = `listen: "${address}"\n${own}\n${settings.replaceAll("STORE_DIR", jetstream)}\n`;
  // In a text of the configuration a backslash begins an escape.
  writeFileSync(config, ON_WINDOWS ? text.replaceAll("\\", "/") : text);
  return new NatsServer(address, directory, host.command(SERVER, ["--config", config]));
}

const RUNNING = new Set<ChildProcess>();
process.once("exit", () => {
  for (const child of RUNNING) child.kill("SIGKILL");
});

const PORTS = 1000;
/** Those of this worker, below those that outgoing connections are given: no other test takes one meanwhile. */
const FIRST_PORT = 10_000 + PORTS * (Number(process.env.VITEST_POOL_ID) % 20);
let given = Math.floor(Math.random() * PORTS);

/** A port that nobody has. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST_PORT + (given++ % PORTS);
    if (await isFree(port)) return port;
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
function greets(address: string): Promise<boolean> {
  const [host, port] = address.split(":");
  return new Promise((resolve) => {
    const socket = connect(Number(port), host);
    socket.once("data", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => {});
    socket.once("close", () => resolve(false));
  });
}
