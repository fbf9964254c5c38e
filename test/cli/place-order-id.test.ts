import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { OrdersError } from "../../src/errors.js";
import { asText } from "../support/as-text.js";
import { runCli, type World } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const ID = "403d33e9-39e5-44bc-8f5e-eab0c6f897ff";
const FIRST = "2026-01-31T09:30:00.000Z";
const LATER = "2026-02-01T00:00:00.000Z";
const BANNER = `============\nNew Order:\n============\nID: ${ID}\nItems: ['tv', 'desk']\n`;

let store: string;
beforeEach(() => {
  store = temporaryDirectory();
});
const place = (args: string[], world: World = {}) =>
  runCli(["place-order", "--id", ID, ...args], { store, now: LATER, ...world });
const content = () => readFileSync(join(store, "orders.jsonl"), "utf8");

describe("orders place-order --id", () => {
  it("stores the order under that id", async () => {
    expect(await place(["tv", "desk"], { now: FIRST })).toEqual({
      exitCode: 0,
      stdout: BANNER,
      stderr: "",
    });
    const { stdout } = await runCli(["show", ID, "--json"], { store });
    expect(JSON.parse(stdout)).toEqual({ id: ID, placedAt: FIRST, items: ["tv", "desk"] });
  });

  it("takes the id in upper case too and stores it in lower case", async () => {
    const { exitCode, stdout } = await runCli(["place", "-q", "--id", ID.toUpperCase(), "tv"]);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: `${ID}\n` });
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])("takes a UUID of version %d", async (version) => {
    const id = `019ab3d0-39E5-${version}4bc-Bf5e-eab0c6f897ff`;
    const given = await runCli(["place", "-q", "--id", id, "tv"], { store });
    expect(given).toMatchObject({ exitCode: 0, stdout: `${id.toLowerCase()}\n`, stderr: "" });
    for (const argv of [
      ["show", id, "--json"],
      ["list", "--format", "ndjson"],
    ]) {
      const { stdout } = await runCli(argv, { store });
      expect(JSON.parse(stdout)).toMatchObject({ id: id.toLowerCase(), items: ["tv"] });
    }
    expect((await runCli(["check"], { store })).exitCode).toBe(0);
  });

  it("tells of an order again when it is placed again, and stores nothing", async () => {
    await place(["tv", "desk"], { now: FIRST });
    const before = content();
    const order = { id: ID, placedAt: FIRST, items: ["tv", "desk"] };
    const outcomes = [
      [[], BANNER],
      [["-q"], `${ID}\n`],
      [["--json"], `${JSON.stringify({ ...order, replayed: true })}\n`],
    ] as const;
    for (const [flags, stdout] of outcomes) {
      expect(await place([...flags, "tv", "desk"])).toEqual({ exitCode: 0, stdout, stderr: "" });
    }
    expect((await place(["-"], { stdin: "tv\ndesk\n" })).stdout).toBe(BANNER);
    expect(content()).toBe(before);
  });

  it("says nothing of a repetition in the JSON of a new order", async () => {
    const { stdout } = await place(["--json", "tv"], { now: FIRST });
    expect(JSON.parse(stdout)).toEqual({ id: ID, placedAt: FIRST, items: ["tv"] });
  });

  it.each([[[]], [["-q"]], [["--json"]]])(
    "exits 5 and stores nothing if an order of other items has the id (%j)",
    async (flags) => {
      await place(["tv", "desk"]);
      const before = content();
      const { stderr, ...outcome } = await place([...flags, "desk", "tv"]);
      expect({ ...outcome, stderr: asText(stderr) }).toEqual({
        exitCode: 5,
        stdout: "",
        stderr: `orders: order ${ID} is already placed with other items\n  nothing was stored; see orders show ${ID}\n`,
      });
      expect(content()).toBe(before);
    },
  );

  it("can be repeated when the order was stored and its notification failed", async () => {
    const write = () => {
      throw new OrdersError("output-failed", "cannot write to stdout: no space left on device");
    };
    expect((await place(["tv", "desk"], { write })).exitCode).toBe(3);
    expect(await place(["tv", "desk"])).toMatchObject({ exitCode: 0, stdout: BANNER });
    expect((await runCli(["list", "--count"], { store })).stdout).toBe("1\n");
  });

  it.each([
    ["no uuid", "tv"],
    ["a part of one", ID.slice(0, 8)],
    ["the nil UUID", "00000000-0000-0000-0000-000000000000"],
    ["the max UUID", "ffffffff-ffff-ffff-ffff-ffffffffffff"],
    ["a UUID of no version", "403d33e9-39e5-04bc-8f5e-eab0c6f897ff"],
    ["a UUID of version 9", "403d33e9-39e5-94bc-8f5e-eab0c6f897ff"],
    ["a UUID of another variant", "403d33e9-39e5-44bc-cf5e-eab0c6f897ff"],
    ["one in braces", `{${ID}}`],
    ["one and a newline", `${ID}\n`],
  ])("refuses %s and stores nothing", async (_, id) => {
    const { exitCode, stdout, stderr } = await runCli(["place-order", "--id", id, "tv"], { store });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toBe(
      `orders: invalid --id '${id.replace("\n", "\\n")}': it must be a UUID, such as uuidgen prints\n  see orders help place-order\n`,
    );
    expect(content).toThrow("no such file");
  });
});
