import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { VERBS } from "../../src/cli/verb-table.js";
import fc from "../support/fast-check.js";
import { runCli } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** What could follow a line: values and their descriptions. */
async function offered(line: string, store = temporaryDirectory()) {
  const { exitCode, stdout, stderr } = await runCli(["__complete"], {
    store,
    env: { ORDERS_LINE: line },
  });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return stdout
    .split("\n")
    .slice(0, -1)
    .map((each) => each.split("\t"));
}
const values = async (line: string, store?: string) =>
  (await offered(line, store)).map(([value]) => value);
const place = async (store: string, ...items: string[]) =>
  (await runCli(["place-order", "-q", "--", ...items], { store })).stdout.trim();

describe("what completes a line", () => {
  it("offers every verb with its summary", async () => {
    const all = await offered("orders ");
    for (const { name, summary } of VERBS) {
      expect(all.find(([value]) => value === name)?.[1]?.slice(0, 50)).toBe(summary.slice(0, 50));
    }
    expect(await values("orders pla")).toEqual(["place-order"]);
    expect(await values("orders nonsense ")).toEqual([]);
  });

  it.each(VERBS)("offers every option that the help of $name shows", async ({ name }) => {
    const { stdout } = await runCli([name, "--help"]);
    const shown = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, option]) => option);
    expect(shown.length).toBeGreaterThan(3);
    expect(await values(`orders ${name} -`)).toEqual(shown);
  });

  it.each([
    ["orders list --format ", ["table", "tsv", "csv", "ndjson", "json"]],
    ["orders ls --format=j", ["--format=json"]],
    ["orders list --since y", ["yesterday"]],
    [
      "orders watch --from=",
      ["start", "now", "today", "yesterday"].map((each) => `--from=${each}`),
    ],
    ["orders --store ", [":directories"]],
    ["orders copy --to=", [":directories"]],
    ["orders stats --svg ", [":files"]],
    ["orders completion ", ["bash", "zsh", "fish", "powershell"]],
    ["orders completion bash ", expect.arrayContaining(["--store", "--help"])],
    ["orders parked ", ["retry", "drop"]],
    ["orders --trace parked dr", ["drop"]],
    ["orders help parked ", ["retry", "drop"]],
    ["orders help parked retry ", []],
    ["orders help st", ["stats", "stores"]],
    ["orders list --fields i", ["id", "items"]],
    ["orders list --fields=id,i", ["--fields=id,items"]],
    ["orders import --columns it", ["items="]],
    ["orders list --json=", []],
    ["orders list --nonsense=", []],
    ["orders place-order ", []],
    ["orders place-order -- --st", []],
    ["orders place-order --for --sto", []],
    ["orders list ", expect.arrayContaining(["--limit", "--help"])],
  ])("offers after %j: %j", async (line, expected) => {
    expect(await values(line)).toEqual(expected);
  });

  it("offers the newest fifty orders first, with their items", async () => {
    const store = temporaryDirectory();
    const ids: string[] = [];
    for (let n = 0; n < 51; n++) ids.unshift(await place(store, `tv ${n}`, "desk"));
    const orders = ids.slice(0, 50).map((id, index) => [id, `tv ${50 - index}, desk`]);
    expect(await offered("orders show ", store)).toEqual(orders);
    expect(await offered(`orders show ${ids[3]?.slice(0, 13)}`, store)).toEqual([orders[3]]);
    expect((await values("orders watch --from ", store)).slice(4)).toEqual(ids.slice(0, 50));
  });

  it("offers any order once four digits of its id are typed", async () => {
    const store = temporaryDirectory();
    const id = await place(store, "tv");
    const lines = Array.from({ length: 60 }, (_, n) => `{"items":["tv ${n}"]}\n`).join("");
    await runCli(["import", "-"], { store, stdin: lines });
    expect(await values("orders show ", store)).not.toContain(id);
    expect(await offered(`orders show ${id.slice(0, 4)}`, store)).toContainEqual([id, "tv"]);
    expect(await offered(`orders cancel ${id.slice(0, 9)}`, store)).toEqual([[id, "tv"]]);
    await runCli(["cancel", id], { store });
    expect(await values(`orders cancel ${id}`, store)).toEqual([]);
  });

  it("offers names that need no more than quotes, those of the newest orders first", async () => {
    const store = temporaryDirectory();
    for (const name of ["Ada Lovelace", "Bob", "$(reboot)", "Bob's", "Ana Müller"]) {
      await runCli(["place-order", "--for", name, "tv"], { store });
    }
    await runCli(["place-order", "--for", "Bob", "tv"], { store });
    const all = ["Bob", "Ana Müller", "Ada Lovelace"];
    for (const verb of ["list", "stats", "watch", "place-order"]) {
      expect(await values(`orders ${verb} --for `, store)).toEqual(all);
    }
    expect(await values("orders list --for 'Ada L", store)).toEqual(["Ada Lovelace"]);
  });

  it("offers an order to cancel only until it is cancelled", async () => {
    const store = temporaryDirectory();
    const [tv, desk] = [await place(store, "tv"), await place(store, "desk")];
    await runCli(["cancel", tv], { store });
    expect(await offered("orders cancel ", store)).toEqual([[desk, "desk"]]);
    expect(await offered("orders show ", store)).toEqual([
      [desk, "desk"],
      [tv, "(cancelled) tv"],
    ]);
  });

  it("offers subscriptions, and the orders that they have parked, each once", async () => {
    const store = temporaryDirectory();
    const [tv, desk] = [await place(store, "tv"), await place(store, "desk")];
    for (const name of ["sales", "stock"]) {
      const watch = ["watch", "--as", name, "--until-caught-up", "--exec", "exit 1"];
      await runCli([...watch, "--max-attempts", "1"], { store });
    }
    expect(await values("orders watch --as ", store)).toEqual(["sales", "stock"]);
    expect(await values("orders subscriptions remove st", store)).toEqual(["stock"]);
    expect(await values("orders parked drop ", store)).toEqual([desk, tv]);
    expect(await values(`orders parked retry ${tv} `, store)).toEqual([desk]);
    await runCli(["parked", "drop", "--as", "sales", tv], { store });
    expect(await values("orders parked drop --as sales ", store)).toEqual([desk]);
  });

  it("uses the store that the line names, unless only a shell knows which", async () => {
    const store = join(temporaryDirectory(), "a shop");
    const id = await place(store, "tv");
    expect(await values(`orders --store '${store}' show `)).toEqual([id]);
    expect(await values(`orders show --store=${store.replace(/[ \\]/g, "\\$&")} `)).toEqual([id]);
    expect(await values('orders show --store "$SHOP" ', store)).toEqual([]);
  });

  it("shows the text of an order in one line of safe characters, cut short", async () => {
    const store = temporaryDirectory();
    const id = await place(store, "a\n\tb\x1b[31m\u202e", "x".repeat(100_000));
    expect(await offered("orders show ", store)).toEqual([
      [id, expect.stringMatching(/^a\\n\\tb\\x1b\[31m\\u202e, x{10,50}…$/)],
    ]);
  });

  it("creates no store, and says nothing of damage or of a store that is not there", async () => {
    const missing = join(temporaryDirectory(), "missing");
    expect(await values("orders show ", missing)).toEqual([]);
    expect(await values("orders watch --as ", missing)).toEqual([]);
    expect(existsSync(missing)).toBe(false);
    expect(await values("orders show --store https://host ", missing)).toEqual([]);
    expect(await values("orders show --store nats://127.0.0.1:1 ", missing)).toEqual([]);
    const damaged = temporaryDirectory();
    const id = await place(damaged, "tv");
    writeFileSync(join(damaged, "orders.jsonl"), "nonsense\n", { flag: "a" });
    expect(await values("orders show ", damaged)).toEqual([id]);
  });

  it("never fails, whatever was typed", async () => {
    const store = temporaryDirectory();
    await place(store, "tv");
    const word = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.constantFrom(
        "list",
        "parked",
        "help",
        "--",
        "-",
        "--store=",
        "--as",
        "--format=",
        "=",
        "'",
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(word), async (words) => {
        await offered(`orders ${words.join(" ")}`, store);
      }),
      { numRuns: 50 },
    );
  });
});

describe("orders completion", () => {
  it.each(["bash", "zsh", "fish", "powershell"])("prints the script for %s", async (shell) => {
    const { exitCode, stdout } = await runCli(["completion", shell]);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("orders __complete");
    expect(stdout).not.toContain("undefined");
  });

  it("names the shells when it is given another one", async () => {
    const { exitCode, stderr } = await runCli(["completion", "csh"]);
    expect(exitCode).toBe(2);
    expect(stderr).toBe(
      "orders: invalid <shell> 'csh': it must be one of bash, zsh, fish, powershell\n  did you mean zsh?\n",
    );
    const { stdout } = await runCli(["help", "completion"]);
    expect(stdout).toMatch(/^ {2}shell +the shell; one of bash, zsh, fish, powershell$/m);
  });
});
