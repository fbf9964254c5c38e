import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { VERBS } from "../../src/cli/verb-table.js";
import type { Damage, Note } from "../../src/store/order-store.js";
import { runCli } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const PAGE = readFileSync("docs/json.md", "utf8");
const ID = "403d33e9-39e5-44bc-8f5e-eab0c6f897ff";

/** The document that docs/json.md shows below a line that begins so. */
function shown(verbs: string): unknown {
  const [, json = ""] =
    new RegExp(`^${verbs}.*\n(?:[^\n\`].*\n)*\n\`\`\`json\n([^]*?)\`\`\``, "m").exec(PAGE) ?? [];
  return JSON.parse(json);
}

/** The same with the name of its type in the place of each text and number, and one element of each array. */
function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== "object" || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, shapeOf(each)]));
}

it("docs/json.md shows what each verb prints with --json", async () => {
  const store = join(temporaryDirectory(), "shop");
  const run = async (argv: string[], stdin = ""): Promise<unknown> => {
    const { stdout } = await runCli([...argv, "--json"], { store, stdin });
    return JSON.parse(stdout);
  };
  const expectShape = async (verbs: string, argv: string[], stdin?: string) => {
    const [printed, documented] = [await run(argv, stdin), shown(verbs)];
    expect({ argv, shape: shapeOf(printed) }).toEqual({ argv, shape: shapeOf(documented) });
  };
  await expectShape("`init`", ["init"]);
  await expectShape("`where`", ["where"]);
  const place = ["place-order", "--id", ID, "--for", "Ada", "--note", "ring twice", "tv"];
  await run(place);
  const { cancelledAt, reason, ...placed } = shown("`place-order`") as Record<string, unknown>;
  expect(shapeOf(await run(place))).toEqual(shapeOf(placed));
  await expectShape("`stats`", ["stats"]);
  const watch = ["watch", "--as", "sales", "--until-caught-up"];
  await runCli([...watch, "--exec", "exit 1", "--max-attempts", "1"], { store });
  await expectShape("`subscriptions`;", ["subscriptions"]);
  await expectShape("`parked`;", ["parked"]);
  await expectShape("`parked retry`", ["parked", "retry", ID]);
  await expectShape("`subscriptions reset`", [
    "subscriptions",
    "reset",
    "sales",
    "--from",
    "start",
    "-y",
  ]);
  await expectShape("`subscriptions remove`", ["subscriptions", "remove", "sales", "-y"]);
  await run(["cancel", ID, "--reason", "sold out"]);
  await expectShape("`place-order`", ["cancel", ID]);
  expect(shapeOf(await run(["cancel", ID, ID]))).toEqual([shapeOf(shown("`place-order`"))]);
  await expectShape("`show`", ["show", ID]);
  await expectShape("`watch`", [...watch, "--event", "order-cancelled"]);
  expect(shapeOf(await run(["list", "--all"]))).toEqual([shapeOf(shown("`show`"))]);
  await expectShape("`import`", ["import", "-"], '{"items":["chair"]}');
  await expectShape("`copy`", ["copy", "--to", join(temporaryDirectory(), "copy")]);
  appendFileSync(join(store, "orders.jsonl"), "nonsense\ntorn");
  await expectShape("`check`", ["check"]);
});

it("docs/json.md names each kind of damage and of note", () => {
  const kinds: Record<Damage["kind"] | Note["kind"], true> = {
    unreadable: true,
    duplicate: true,
    "no-order": true,
    "no-such-time": true,
    position: true,
    missing: true,
    "torn-line": true,
    "out-of-order": true,
    stream: true,
    "replicas-behind": true,
    "no-stream": true,
    "power-cut": true,
    gap: true,
    configuration: true,
  };
  const [, tables = ""] = PAGE.split("## The log")[0]?.split("| `kind` of damage |") ?? [];
  const cells = [...tables.matchAll(/^\|( `[a-z`, -]+`) \|/gm)].map(([, cell = ""]) => cell);
  expect(cells.join(",").match(/[a-z-]+/g)).toEqual(Object.keys(kinds));
});

it.each(VERBS)("docs/json.md names $name if it has --json", async ({ name, load }) => {
  const { options, commands = {} } = await load();
  const having = [
    ...("json" in options ? [name] : []),
    ...Object.keys(commands).map((word) => `${name} ${word}`),
  ];
  for (const each of having) expect(PAGE).toContain(`\`${each}\``);
});
