import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { VERBS } from "../../src/cli/verb-table.js";
import { asText } from "../support/as-text.js";
import { runCli } from "../support/run-cli.js";

describe("orders", () => {
  it("prints its help on stdout when called bare: what it does first, exit codes last", async () => {
    const { exitCode, stdout, stderr } = await runCli([]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^Place orders from the command line\. .*\n\nUsage:\n {2}orders /);
    expect(stdout).toContain('\n\nExamples:\n  orders place-order "100 inch TV" "magic carpet"\n');
    for (const group of ["Orders", "Sales desk", "Store"]) {
      const names = VERBS.filter((verb) => verb.group === group).map(({ name }) => name);
      const [section = ""] = new RegExp(`\n\n${group}:\n(?: {2}.*\n)+`).exec(stdout) ?? [];
      expect([...section.matchAll(/^ {2}([a-z-]+)/gm)].map(([, name]) => name)).toEqual(names);
    }
    for (const { name, summary } of VERBS)
      expect(stdout).toMatch(new RegExp(`${name}.* ${summary}`));
    for (const code of [0, 1, 2, 3, 4, 5, 6, 7]) expect(stdout).toContain(`  ${code}  `);
    expect((await runCli(["--help"])).stdout).toBe(stdout);
    expect((await runCli(["-h"])).stdout).toBe(stdout);
    expect((await runCli(["help"])).stdout).toBe(stdout);
  });

  it.each(VERBS)(
    "has help for $name: what it does, its usage, examples, options",
    async ({ name, alias }) => {
      const { exitCode, stdout } = await runCli(["help", name]);
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(
        new RegExp(
          `^[A-Z].*(?:\n.+)*\\.\n\nUsage:\n  orders ${name}.*\n\nExamples:\n.*orders ${name}`,
        ),
      );
      expect(stdout.match(/^\S.*$/gm)?.at(-1)).toBe("Global options:");
      expect(stdout).toContain("--store <location>");
      expect((await runCli([name, "--help"])).stdout).toBe(stdout);
      expect((await runCli(["help", alias ?? name])).stdout).toBe(stdout);
    },
  );

  it.each([
    ["parked", "retry"],
    ["parked", "drop"],
    ["subscriptions", "reset"],
    ["subscriptions", "remove"],
  ])("has the help of %s %s", async (verb, word) => {
    const { exitCode, stdout } = await runCli(["help", verb, word]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Usage:\n  orders ${verb} ${word} `);
    expect((await runCli([verb, word, "--help"])).stdout).toBe(stdout);
  });

  it("fits its help to a narrow terminal and colours it there", async () => {
    const { stdout } = await runCli([], { terminal: ["stdout"], columns: 60 });
    expect(stdout).toContain("\x1b[1mUsage:\x1b[22m\n");
    expect(stdout).toContain("\x1b[1mExit codes:\x1b[22m\n");
    expect(stdout).not.toMatch(/^[A-Z][\w ]*:$/m); // a heading without its style
    expect((await runCli(["--no-color"], { terminal: ["stderr"] })).stderr).not.toContain("\x1b");
  });

  it("prints its version", async () => {
    const { version } = JSON.parse(readFileSync("package.json", "utf8"));
    expect(await runCli(["--version"])).toEqual({
      exitCode: 0,
      stdout: `${version}\n`,
      stderr: "",
    });
    expect((await runCli(["-V"])).stdout).toBe(`${version}\n`);
  });

  it.each([
    [["lst"], "orders: unknown command 'lst'\n  did you mean list?\n"],
    [["place-oder", "tv"], "orders: unknown command 'place-oder'\n  did you mean place-order?\n"],
    [["help", "lst"], "orders: unknown command 'lst'\n  did you mean list?\n"],
    [["lst", "--limit", "5"], "orders: unknown command 'lst'\n  did you mean list?\n"],
    [["lst", "--help"], "orders: unknown command 'lst'\n  did you mean list?\n"],
    [["add", "tv"], "orders: unknown command 'add'\n  did you mean place-order?\n"],
    [["rm", "403d33e9"], "orders: unknown command 'rm'\n  did you mean cancel?\n"],
    [["help", "rm"], "orders: unknown command 'rm'\n  did you mean cancel?\n"],
    [
      ["update", "403d33e9"],
      "orders: unknown command 'update'\n  an order is never changed: cancel it, and place another\n",
    ],
    [
      ["uncancel", "403d33e9"],
      "orders: unknown command 'uncancel'\n  a cancellation is final: place the order again\n",
    ],
    [
      ["completion", "tcsh"],
      "orders: invalid <shell> 'tcsh': it must be one of bash, zsh, fish, powershell\n  see orders help completion\n",
    ],
    [
      ["place-order", "tv", "--qty", "2"],
      "orders: unknown option '--qty'\n  to order two of an item, name it twice: orders place-order tv tv\n",
    ],
    [["export"], "orders: unknown command 'export'\n  did you mean orders list --format csv?\n"],
    [["retry"], "orders: unknown command 'retry'\n  did you mean orders parked retry?\n"],
    [["version"], "orders: unknown command 'version'\n  did you mean orders --version?\n"],
    [["help", "parked", "lst"], "orders: unknown command 'parked lst'\n  see orders help parked\n"],
    [["help", "list", "tv"], "orders: unknown command 'list tv'\n  see orders help list\n"],
    [
      ["tv"],
      "orders: unknown command 'tv'\n  to order it: orders place-order tv\n  see orders --help\n",
    ],
    [
      ["it's a tv"],
      "orders: unknown command 'it's a tv'\n  to order it: orders place-order 'it'\\''s a tv'\n  see orders --help\n",
    ],
    [["\x1b[2J"], "orders: unknown command '\\x1b[2J'\n  see orders --help\n"],
    [["help", "tv"], "orders: unknown command 'tv'\n  see orders --help\n"],
    [["403d33e9"], "orders: unknown command '403d33e9'\n  did you mean orders show 403d33e9?\n"],
    [["list", "-n", "5"], "orders: unknown option '-n'\n  did you mean --limit?\n"],
    [["ls", "--csv"], "orders: unknown option '--csv'\n  did you mean --format csv?\n"],
    [["list", "--from", "2d"], "orders: unknown option '--from'\n  did you mean --since?\n"],
    [["place-order", "-m", "red", "tv"], "orders: unknown option '-m'\n  did you mean --note?\n"],
    [["cancel", "-m", "late", "403d"], "orders: unknown option '-m'\n  did you mean --reason?\n"],
    [["stats", "-n", "5"], "orders: unknown option '-n'\n  see orders help stats\n"],
    [
      ["place-order", "-n", "tv"],
      "orders: unknown option '-n'\n  to order an item that begins with '-', put -- before it: orders place-order -- \"-5 °C fridge\"\n",
    ],
    [["list", "tv"], "orders: unexpected argument 'tv'\n  did you mean orders list --item tv?\n"],
    [
      ["list", "100 inch TV", "sofa"],
      "orders: unexpected argument '100 inch TV'\n  did you mean orders list --item '100 inch TV'?\n",
    ],
    [
      ["list", "yesterday"],
      "orders: unexpected argument 'yesterday'\n  did you mean orders list --since yesterday?\n",
    ],
    [["list", "5"], "orders: unexpected argument '5'\n  did you mean orders list --limit 5?\n"],
    [["list", "20"], "orders: unexpected argument '20'\n  did you mean orders list --limit 20?\n"],
    [
      ["list", "999"],
      "orders: unexpected argument '999'\n  did you mean orders list --limit 999?\n",
    ],
    [["list", "1000"], "orders: unexpected argument '1000'\n  did you mean orders show 1000?\n"],
    [
      ["list", "20b"],
      "orders: unexpected argument '20b'\n  did you mean orders list --item 20b?\n",
    ],
    [
      ["list", "x20"],
      "orders: unexpected argument 'x20'\n  did you mean orders list --item x20?\n",
    ],
    [
      ["list", "json"],
      "orders: unexpected argument 'json'\n  did you mean orders list --format json?\n",
    ],
    [
      ["list", "403d33e9"],
      "orders: unexpected argument '403d33e9'\n  did you mean orders show 403d33e9?\n",
    ],
    [["list", "a\nb"], "orders: unexpected argument 'a\\nb'\n  see orders help list\n"],
    [
      ["check", "./orders"],
      "orders: unexpected argument './orders'\n  did you mean orders check --store ./orders?\n",
    ],
    [["show", "403d", "5ac9"], "orders: unexpected argument '5ac9'\n  see orders help show\n"],
    [
      ["subscriptions", "remove", "sales", "desk"],
      "orders: unexpected argument 'desk'\n  see orders help subscriptions remove\n",
    ],
    [
      ["subscriptions", "reset", "sales"],
      "orders: missing option --from <position>\n  see orders help subscriptions reset\n",
    ],
    [["parked", "drop"], "orders: give the ids of parked orders, or --all\n  see orders parked\n"],
    [
      ["parked", "retri", "403d33e9"],
      "orders: unknown command 'parked retri'\n  did you mean orders parked retry or orders parked drop?\n",
    ],
    [
      ["list", "--format", "ndjsn"],
      "orders: invalid --format 'ndjsn': it must be one of table, tsv, csv, ndjson, json\n  did you mean ndjson?\n",
    ],
    [["copy"], "orders: missing option --to <location>\n  see orders help copy\n"],
    [
      ["watch", "-q", "--json"],
      "orders: --quiet cannot be used with --json\n  see orders help watch\n",
    ],
    [["list", "--jsn"], "orders: unknown option '--jsn'\n  did you mean --json?\n"],
    [["list", "--zzz"], "orders: unknown option '--zzz'\n  see orders help list\n"],
    [["--zzz"], "orders: unknown option '--zzz'\n  see orders --help\n"],
    [["--limit", "5", "list"], "orders: unknown option '--limit'\n  see orders help list\n"],
    [["--trace"], "orders: no verb given\n  see orders --help\n"],
    [["--trace", "list", "--zzz"], "orders: unknown option '--zzz'\n  see orders help list\n"],
    [["show"], "orders: missing argument <id>\n  see orders help show\n"],
    [
      ["list", "--store"],
      "orders: --store needs a value: --store <location>\n  see orders help list\n",
    ],
    [
      ["place-order", "-5 °C fridge"],
      `orders: unknown option '-5 °C fridge'\n  to order an item that begins with '-', put -- before it: orders place-order -- "-5 °C fridge"\n`,
    ],
    [
      ["list", "--store", "https://host"],
      "orders: unknown kind of store: https://\n  a store is a directory or a NATS server: ./orders, nats://host:4222\n",
    ],
  ])("answers %j with what is wrong and what to do", async (argv, stderr) => {
    const outcome = await runCli(argv);
    expect({ ...outcome, stderr: asText(outcome.stderr) }).toEqual({
      exitCode: 2,
      stdout: "",
      stderr,
    });
  });
});

describe("the value of an option", () => {
  it("may look like an option, as what a script puts there may", async () => {
    const place = ["place-order", "--json", "--note", "--trace", "--for", "--help", "tv"];
    const { stdout, stderr } = await runCli(place);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toMatchObject({ items: ["tv"], note: "--trace", for: "--help" });
  });
});

describe("an option without a value", () => {
  const commands = [
    ["place-order", "--store", "tv"],
    ["place-order", "--id", "tv"],
    ["list", "--store"],
    ["list", "--item"],
    ["list", "--format"],
    ["list", "--fields"],
    ["list", "--limit"],
    ["list", "--since"],
    ["show", "--store", "403d"],
    ["stats", "--since"],
    ["stats", "--svg"],
    ["stats", "--top"],
    ["watch", "--exec"],
    ["watch", "--as"],
    ["watch", "--from"],
    ["watch", "--timeout"],
    ["copy", "--to"],
    ["copy", "--to=/backup", "--from"],
    ["copy", "--to=/backup", "--store"],
    ["subscriptions", "reset", "sales", "--from"],
    ["subscriptions", "--store"],
    ["parked", "--as"],
    ["parked", "retry", "--all", "--as"],
    ["parked", "--as", "retry"],
    ["init", "--store"],
    ["check", "--store"],
    ["where", "--store"],
    ["--store", "list"],
  ];

  it.each(commands)("is refused, as in orders %s %s %s %s", async (...words) => {
    const argv = words.filter((word) => word !== undefined);
    const option = argv.findLastIndex((word) => /^--[^=]+$/.test(word) && word !== "--all");
    for (const blank of ["", " \t"]) {
      if (blank !== "" && argv[option] === "--item") continue; // a blank can be part of an item
      const given = argv.toSpliced(option + 1, 0, blank);
      const { exitCode, stdout, stderr } = await runCli(given);
      expect({ given, exitCode, stdout }).toEqual({ given, exitCode: 2, stdout: "" });
      expect(stderr).toContain(argv[option]);
    }
  });

  it("is refused before and after the verb", async () => {
    for (const argv of [
      ["--store", "", "list"],
      ["--store", "/srv/shop", "list", "--store", ""],
    ]) {
      const { exitCode, stderr } = await runCli(argv);
      expect({ exitCode, stderr }).toEqual({
        exitCode: 2,
        stderr:
          "orders: --store is empty\n  give it a value; a variable in the command may be unset\n",
      });
    }
  });

  it("is not taken for the environment's: ORDERS_STORE that is empty is not set", async () => {
    expect((await runCli(["where"], { env: { ORDERS_STORE: "" } })).stdout).toContain(
      "\tdefault\n",
    );
    const { exitCode, stderr } = await runCli(["list"], { env: { ORDERS_STORE: "  " } });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("orders: the location of the store is empty\n");
  });
});

describe("colour", () => {
  const coloured = async (argv: string[], env: Record<string, string>, terminal: boolean) => {
    const world = { env, terminal: terminal ? (["stdout"] as const) : [] };
    return (await runCli(["place-order", "tv", ...argv], world)).stdout.includes("\x1b");
  };

  it.each([
    [[], {}, true, true],
    [[], {}, false, false],
    [[], { NO_COLOR: "1" }, true, false],
    [[], { NO_COLOR: "" }, true, true],
    [[], { TERM: "dumb" }, true, false],
    [[], { FORCE_COLOR: "1" }, false, true],
    [[], { FORCE_COLOR: "1", NO_COLOR: "1" }, false, true],
    [[], { FORCE_COLOR: "0" }, true, false],
    [["--color"], { NO_COLOR: "1" }, false, true],
    [["--no-color"], { FORCE_COLOR: "1" }, true, false],
    [["--no-color", "--color"], {}, false, true],
    [["--", "--color"], {}, false, false],
  ])("with %j and %j, terminal %j: %j", async (argv, env, terminal, expected) => {
    expect(await coloured(argv, env as Record<string, string>, terminal)).toBe(expected);
  });
});
