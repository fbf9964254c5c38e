import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { readlinkSync } from "node:fs";
import { until } from "./until.js";

/** Where a server of a test runs. */
export interface Host {
  /** How others reach it. */
  readonly address: string;
  /** The command that runs this one there. */
  command(program: string, args: readonly string[]): readonly [string, readonly string[]];
}

/** This machine, as programs on it reach it. */
export const LOOPBACK: Host = {
  address: "127.0.0.1",
  command: (program, args) => [program, args],
};

/** Whether {@link Network} can be had: on Linux, by root. */
export function canHaveNetwork(): boolean {
  const { status } = spawnSync("unshare", ["--net", "ip", "link", "set", "lo", "up"]);
  return status === 0;
}

/**
 * Hosts with addresses of their own, joined by a switch, which this process reaches too. Each is a
 * network namespace that lasts as long as its process does, which ends with this one: nothing stays
 * behind, however a test ends.
 */
export class Network {
  readonly hosts: readonly NetworkHost[];
  readonly #processes: readonly Namespace[];

  private constructor(hosts: readonly NetworkHost[], processes: readonly Namespace[]) {
    this.hosts = hosts;
    this.#processes = processes;
  }

  static async of(size: number): Promise<Network> {
    const [joint, ...others] = await Promise.all(Array.from({ length: size + 1 }, newNamespace));
    const switchboard = joint as Namespace;
    // Of the addresses that are set aside for tests: https://www.rfc-editor.org/rfc/rfc2544#page-28
    const net = `198.18.${Math.floor(Math.random() * 256)}`;
    const id = switchboard.pid;
    switchboard.ip("link", "add", "switch", "type", "bridge");
    switchboard.ip("link", "set", "switch", "up");
    const plugIn = (port: string) => {
      switchboard.ip("link", "set", port, "master", "switch");
      switchboard.ip("link", "set", port, "up");
    };
    const cable = ["type", "veth", "peer", "name"];
    ip("link", "add", `orders${id}`, ...cable, "here", "netns", String(id));
    ip("addr", "add", `${net}.254/24`, "dev", `orders${id}`);
    ip("link", "set", `orders${id}`, "up");
    plugIn("here");
    const hosts = others.map((namespace, index) => {
      const port = `port${index}`;
      switchboard.ip("link", "add", port, ...cable, "eth0", "netns", String(namespace.pid));
      plugIn(port);
      const address = `${net}.${index + 1}`;
      namespace.ip("addr", "add", `${address}/24`, "dev", "eth0");
      namespace.ip("link", "set", "eth0", "up");
      namespace.ip("link", "set", "lo", "up");
      return new NetworkHost(address, namespace);
    });
    return new Network(hosts, [switchboard, ...others]);
  }

  /** Whatever one host and the others send each other is lost, without a word to either. */
  cutOff(host: NetworkHost): void {
    for (const other of this.hosts) if (other !== host) host.lose(other);
  }

  /** They hear each other again. */
  join(host: NetworkHost): void {
    for (const other of this.hosts) if (other !== host) host.find(other);
  }

  dispose(): void {
    for (const { process: held } of this.#processes) held.kill("SIGKILL");
  }
}

/** A host of a {@link Network}. */
export class NetworkHost implements Host {
  readonly address: string;
  readonly #namespace: Namespace;

  constructor(address: string, namespace: Namespace) {
    this.address = address;
    this.#namespace = namespace;
  }

  command(program: string, args: readonly string[]): readonly [string, readonly string[]] {
    return this.#namespace.command(program, args);
  }

  /** Sends what is for the other, and has the other send what is for this one, to nobody. */
  lose(other: NetworkHost): void {
    this.#misdirect(other);
    other.#misdirect(this);
  }

  find(other: NetworkHost): void {
    this.#namespace.ip("neigh", "del", other.address, "dev", "eth0");
    other.#namespace.ip("neigh", "del", this.address, "dev", "eth0");
  }

  #misdirect({ address }: NetworkHost): void {
    const nobody = "02:00:00:00:00:00";
    const to = ["lladdr", nobody, "nud", "permanent", "dev", "eth0"];
    this.#namespace.ip("neigh", "replace", address, ...to);
  }
}

interface Namespace {
  readonly pid: number;
  readonly process: ChildProcess;
  command(program: string, args: readonly string[]): readonly [string, readonly string[]];
  ip(...args: readonly string[]): void;
}

async function newNamespace(): Promise<Namespace> {
  // It reads until this process is gone.
  const child = spawn("unshare", ["--net", "cat"], { stdio: ["pipe", "ignore", "ignore"] });
  const pid = child.pid as number;
  const ours = readlinkSync("/proc/self/ns/net");
  await until(() => readlinkSync(`/proc/${pid}/ns/net`) !== ours);
  const command = (program: string, args: readonly string[]) =>
    ["nsenter", [`--net=/proc/${pid}/ns/net`, program, ...args]] as const;
  return {
    pid,
    process: child,
    command,
    ip: (...args) => void execFileSync(...command("ip", args)),
  };
}

function ip(...args: readonly string[]): void {
  execFileSync("ip", args);
}
