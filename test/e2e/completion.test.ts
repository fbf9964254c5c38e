import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { delimiter, join } from "node:path";
import { execa } from "execa";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { typeAt } from "../support/at-terminal.js";
import { describeWithServer, startServer } from "../support/nats-server.js";
import { has } from "../support/needs.js";
import { runCli } from "../support/run-cli.js";
import { environment, runOrders, SHELL_COMMAND, STANDALONE } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { until } from "../support/until.js";

const BASH_COMPLETION = "/usr/share/bash-completion/bash_completion";
/** Items that would leave a file behind if a shell evaluated them, or would change the terminal. */
const TRAP = "touch evaluated";
const HOSTILE = [`$(${TRAP})`, `\`${TRAP}\``, `';${TRAP};'`, "a:b\nc\x1b[31m\x07 %F{red}%n"];

/** Bash completes what ids have in common before it lists them: these have nothing. */
const IDS = ["403d33e9-39e5-44bc-8f5e-eab0c6f897ff", "7e67e227-afcb-4336-8327-0a36f33b63b9"];

let home: string;
let ids: string[];
beforeEach(async () => {
  home = temporaryDirectory();
  const bin = join(home, "bin");
  mkdirSync(bin);
  writeFileSync(join(bin, "orders"), `#!/bin/sh\nexec ${SHELL_COMMAND} "$@"\n`, { mode: 0o755 });
  mkdirSync(join(home, "a shop"));
  ids = [...IDS];
  for (const [index, items] of [["tv"], HOSTILE].entries()) {
    const name = ["Ada Lovelace", HOSTILE[0]][index] as string;
    const argv = ["place-order", "--id", IDS[index] as string, "--for", name, "--", ...items];
    await runCli(argv, { store: store() });
  }
  await runCli(["watch", "--as", "sales", "--until-caught-up"], { store: store() });
});
const store = () => join(home, "store");
const shellEnvironment = () => {
  const env = environment(store());
  return {
    ...env,
    PATH: join(home, "bin") + delimiter + env.PATH,
    HOME: home,
    TERM: "xterm",
    LC_ALL: "C.UTF-8",
    HISTFILE: "", // nothing is written after a test has ended
    XDG_CACHE_HOME: "/dev/null",
  };
};

/** Each shell at a terminal of its own, with the script read twice, as nobody should notice. */
const SHELLS: Record<string, { command: string; setup: string }> = {
  bash: {
    command: "bash --norc --noprofile -i",
    setup: 'eval "$(orders completion bash)"; eval "$(orders completion bash)"',
  },
  "bash with bash-completion": {
    command: "bash --norc --noprofile -i",
    setup: `source ${BASH_COMPLETION}; eval "$(orders completion bash)"`,
  },
  zsh: {
    command: "zsh -f -i",
    setup:
      "autoload -Uz compinit; compinit -u -D; source <(orders completion zsh); source <(orders completion zsh)",
  },
  fish: {
    command: "fish --no-config",
    setup: "orders completion fish | source; orders completion fish | source",
  },
};

const runs = process.platform === "linux";
/** What a shell asks is the same whatever runs: one shell shows that the standalone executable answers. */
const runsAll = runs && !STANDALONE;
const installed: Record<string, boolean> = {
  bash: runs,
  "bash with bash-completion": runsAll && isThere(BASH_COMPLETION),
  zsh: runsAll && has("zsh", "apt-get install zsh"),
  fish: runsAll && has("fish", "apt-get install fish"),
};

function isThere(path: string): boolean {
  if (!existsSync(path) && process.env.CI) throw new Error(`${path} is missing`);
  return existsSync(path);
}

/** A shell at which one types. */
async function atShell(name: string) {
  const { command, setup } = SHELLS[name] as { command: string; setup: string };
  const terminal = typeAt(command, {
    cwd: home,
    env: shellEnvironment(),
    rows: 60,
    columns: 200,
  });
  const shell = {
    ...terminal,
    /** What the line at the cursor became: the words that a command would get. */
    async line(): Promise<string> {
      const file = join(home, "line");
      shell.type("\x01printf '<%s>' \x05 > line.new; mv line.new line\r");
      await until(() => existsSync(file));
      return readFileSync(file, "utf8").replace("/>", ">"); // zsh leaves out the / of a directory
    },
  };
  shell.type(`${setup}; echo set''up\r`);
  await shell.shows("setup");
  shell.forget();
  return shell;
}

describe.each(Object.keys(SHELLS))("in %s", (name) => {
  describe.runIf(installed[name])("at a terminal", () => {
    it.each([
      ["orders pla\t", "<orders><place-order>"],
      ["orders list --form\tcs\t", "<orders><list><--format><csv>"],
      ["orders list --format=nd\t", "<orders><list><--format=ndjson>"],
      ["orders watch --as sa\t", "<orders><watch><--as><sales>"],
      [
        "orders subscriptions reset sa\t--from st\t",
        "<orders><subscriptions><reset><sales><--from><start>",
      ],
      [
        "orders --store nats://host:4222 compl\t",
        "<orders><--store><nats://host:4222><completion>",
      ],
      ["orders list --store a\t", "<orders><list><--store><a shop>"],
      ["orders list --for \t", "<orders><list><--for><Ada Lovelace>"],
      ["orders list --for=Ad\t", "<orders><list><--for=Ada Lovelace>"],
      ["orders import --columns item\tA x\t", "<orders><import><--columns><items=A><x>"],
      ["orders help exi\t", "<orders><help><exit-codes>"],
    ])("completes %j to %s", async (keys, expected) => {
      const shell = await atShell(name);
      shell.type(keys);
      expect(await shell.line()).toBe(expected);
    });

    it("lists the newest orders with their items, and evaluates none of them", async () => {
      const shell = await atShell(name);
      shell.type("orders show \t\t");
      for (const id of ids) await shell.shows(id);
      await shell.shows("$(touch evaluated), `touch evaluated`");
      await shell.shows(ids[0] as string);
      expect(shell.screen()).not.toContain("\x1b[31m");
      expect(shell.screen()).not.toContain("%F{red}\x07");
      shell.type("\x15\x15");
      shell.type(`orders show ${ids[1]?.slice(0, 9)}\t`);
      expect(await shell.line()).toBe(`<orders><show><${ids[1]}>`);
      expect(existsSync(join(home, "evaluated"))).toBe(false);
    });

    it("evaluates nothing that was typed, and prints nothing when a store is missing", async () => {
      const shell = await atShell(name);
      shell.type(`orders --store "$(${TRAP})" show \`${TRAP}\` --stor\t`);
      shell.type("\x15");
      shell.type(`orders show --store /nowhere/at/all \t`);
      shell.type("\x15");
      shell.type("orders wher\t");
      expect(await shell.line()).toBe("<orders><where>");
      expect(shell.screen()).not.toContain("orders: ");
      expect(existsSync(join(home, "evaluated"))).toBe(false);
    });
  });
});

describe.runIf(installed.bash)("in bash where Tab inserts one candidate after the other", () => {
  it("inserts ids alone, never the text of an order", async () => {
    const shell = await atShell("bash");
    shell.type("bind 'TAB:menu-complete'\r");
    shell.type("orders show \t");
    expect(await shell.line()).toBe(`<orders><show><${ids[1]}>`);
  });
});

describe.runIf(installed.fish)("what fish offers", () => {
  /** What fish offers at the end of a line, as it would show it. */
  const offered = async (line: string) => {
    const program =
      "orders completion fish | source; orders completion fish | source; complete -C $argv[1]";
    const { stdout, stderr } = await execa("fish", ["--no-config", "-c", program, line], {
      cwd: home,
      env: shellEnvironment(),
      extendEnv: false,
    });
    expect(stderr).toBe("");
    return stdout.split("\n");
  };

  it.each([
    ["orders pla", ["place-order\tstore an order and notify the sales desk"]],
    ["orders list --format ", ["table", "tsv", "csv", "ndjson", "json"]],
    ["orders list --format=nd", ["--format=ndjson"]],
    ["orders watch --as ", ["sales"]],
    ["orders list --store a", ["a shop/"]],
    ["orders list --store=a", ["--store=a shop/"]],
    ["orders place-order ", [""]],
  ])("offers at the end of %j: %j", async (line, expected) => {
    expect(await offered(line)).toEqual(expected);
  });

  it("offers the newest orders first, with their items, and evaluates nothing", async () => {
    const [newest = "", older] = await offered("orders show ");
    expect(newest).toMatch(new RegExp(`^${ids[1]}\t\\$\\(touch evaluated\\), .touch evaluated`));
    expect(older).toBe(`${ids[0]}\ttv`);
    expect(await offered(`orders --store '$(${TRAP})' show (${TRAP}) --stor`)).toHaveLength(1);
    expect(existsSync(join(home, "evaluated"))).toBe(false);
  });
});

describe("of a server that never answers", () => {
  it("a completion offers nothing, and ends by itself", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    onTestFinished(() => void server.close());
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const { exitCode, stdout, stderr } = await runOrders(["__complete"], store(), {
      env: { ...environment(`nats://127.0.0.1:${port}`), ORDERS_LINE: "orders show " },
    });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });
});

describeWithServer("of a store on a server", () => {
  it("a completion that fails offers nothing, and ends by itself", async () => {
    const { url } = await startServer();
    await runOrders(["place-order", "-q", "tv"], url);
    const { exitCode, stdout, stderr } = await runOrders(["__complete"], url, {
      env: { ...environment(url), ORDERS_LINE: "orders parked retry --as nosuch " },
    });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });
});

describe("in PowerShell, which is not at hand here", () => {
  it("hands over the line in the environment, where no batch file evaluates it", async () => {
    const { stdout } = await runOrders(["completion", "powershell"], store());
    expect(stdout).toContain("Register-ArgumentCompleter -Native -CommandName orders");
    expect(stdout).toContain("$env:ORDERS_LINE = $line.Replace('\\', '\\\\')");
    expect(stdout).toContain('$_ -split "`t", 2');
    expect(stdout).not.toMatch(/Invoke-Expression|\biex\b/);
  });
});
