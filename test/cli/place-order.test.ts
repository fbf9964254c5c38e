import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { OrdersError } from "../../src/errors.js";
import { asText } from "../support/as-text.js";
import { runCli } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
const stored = (store: string) =>
  existsSync(join(store, "orders.jsonl"))
    ? readFileSync(join(store, "orders.jsonl"), "utf8")
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line))
    : [];

describe("orders place-order", () => {
  it("stores the order and prints the sales banner", async () => {
    const store = temporaryDirectory();
    const now = "2026-01-31T09:30:00.000Z";
    const { exitCode, stdout, stderr } = await runCli(
      ["place-order", "100 inch TV", "magic carpet"],
      { store, now },
    );
    expect(stderr).toBe("");
    expect(exitCode).toBe(0);
    const [order] = stored(store);
    expect(order).toMatchObject({ placedAt: now, items: ["100 inch TV", "magic carpet"] });
    expect(stdout).toBe(
      `============\nNew Order:\n============\nID: ${order.id}\nItems: ['100 inch TV', 'magic carpet']\n`,
    );
    expect(order.id).toMatch(new RegExp(`^${UUID}$`));
  });

  it.each(["+010021-01-01T00:00:00.000Z", "-000001-01-01T00:00:00.000Z", "never"])(
    "stores nothing by a clock that shows %s",
    async (now) => {
      const store = temporaryDirectory();
      expect(await runCli(["place-order", "tv"], { store, now })).toMatchObject({
        exitCode: 2,
        stdout: "",
        stderr:
          "orders: cannot place the order: the system clock is out of range\n  set the clock\n",
      });
      expect(stored(store)).toEqual([]);
    },
  );

  it("answers to 'place' too", async () => {
    expect((await runCli(["place", "tv"])).stdout).toContain("Items: ['tv']");
  });

  it("colours the heading on a terminal, and only there", async () => {
    const { stdout } = await runCli(["place", "tv"], { terminal: ["stdout"] });
    expect(stdout).toContain("\x1b[1mNew Order:\x1b[22m");
    expect((await runCli(["place", "tv"], { terminal: ["stderr"] })).stdout).not.toContain("\x1b");
  });

  it("prints the id alone with --quiet", async () => {
    const store = temporaryDirectory();
    const { stdout } = await runCli(["place-order", "-q", "tv"], { store });
    expect(stdout).toBe(`${stored(store)[0].id}\n`);
  });

  it("prints the stored order as one JSON document with --json", async () => {
    const store = temporaryDirectory();
    const { stdout } = await runCli(["place-order", "--json", "tv", "寿司"], { store });
    expect(stored(store)[0]).toMatchObject(JSON.parse(stdout));
    expect(Object.keys(JSON.parse(stdout))).toEqual(["id", "placedAt", "items"]);
  });

  it("takes an item that begins with a dash after --", async () => {
    const { stdout } = await runCli(["place-order", "--", "-5 °C fridge", "--help"]);
    expect(stdout).toContain("Items: ['-5 °C fridge', '--help']");
  });

  it("reads the items from stdin with -", async () => {
    const stdin = "\ufeff100 inch TV\r\n\r\n\n  magic carpet \nlast";
    const { stdout, stderr } = await runCli(["place-order", "-"], { stdin });
    expect(stdout).toContain("Items: ['100 inch TV', '  magic carpet ', 'last']");
    expect(stderr).toBe("");
  });

  it("drops a byte order mark at the beginning of stdin only", async () => {
    const store = temporaryDirectory();
    await runCli(["place-order", "-"], { stdin: "\ufeff\ufefftv\n\ufeffradio\n", store });
    const { stdout } = await runCli(["list", "--json"], { store });
    expect(JSON.parse(stdout)[0].items).toEqual(["\ufefftv", "\ufeffradio"]);
  });

  it("says that it reads when stdin is a terminal", async () => {
    const { stderr } = await runCli(["place", "-"], { stdin: "tv\n", terminal: ["stdin"] });
    expect(stderr).toBe("reading items, one per line; finish with Ctrl-D on an empty line\n");
  });

  it.each([
    ["no items", [], {}, "no items to order"],
    ["an empty item", ["tv", ""], {}, "cannot place the order: item 2 is blank"],
    ["an item of white space", [" \t\u3000"], {}, "cannot place the order: item 1 is blank"],
    ["half a surrogate pair", ["\ud83c"], {}, "item 1 contains half of a surrogate pair"],
    ["NUL", ["a\0b"], {}, "item 1 contains a NUL character"],
    [
      "- among items",
      ["tv", "-"],
      {},
      "'-' reads items from stdin and cannot be combined with others",
    ],
    ["an empty stdin", ["-"], { stdin: "\n\n" }, "no items on stdin"],
    [
      "an order as JSON on stdin",
      ["-"],
      { stdin: 'tv\n{"items":["a"]}\n' },
      "stdin line 2 is an order as JSON, which orders import - reads",
    ],
    ["a blank line of stdin", ["-"], { stdin: "tv\n\n \n" }, "stdin line 3 is blank"],
    ["invalid UTF-8", ["-"], { stdin: Buffer.from([0x74, 0xff]) }, "stdin is not UTF-8"],
    ["--quiet with --json", ["-q", "--json", "tv"], {}, "--quiet cannot be used with --json"],
  ])("refuses %s in one clear line and stores nothing", async (_, args, world, message) => {
    const store = temporaryDirectory();
    const outcome = await runCli(["place-order", ...args], { store, ...world });
    expect(outcome).toMatchObject({ exitCode: 2, stdout: "" });
    expect(asText(outcome.stderr)).toMatch(/^orders: /);
    expect(outcome.stderr.split("\n")[0]).toContain(message);
    expect(stored(store)).toEqual([]);
  });

  it("says how to convert items that are not UTF-8", async () => {
    const { stderr } = await runCli(["place-order", "-"], { stdin: Buffer.from([0x74, 0xff]) });
    expect(stderr).toMatch(/\n {2}nothing was stored; convert it with iconv\n$/);
  });

  it.each([[[]], [["--quiet"]], [["--json"]]])(
    "exits 3 and names the order if it is stored but stdout (%j) cannot be written",
    async (flags) => {
      const store = temporaryDirectory();
      const write = () => {
        throw new OrdersError("output-failed", "cannot write to stdout: no space left on device");
      };
      const { exitCode, stderr } = await runCli(["place-order", ...flags, "tv"], { store, write });
      expect(exitCode).toBe(3);
      expect(stderr).toContain(
        `order ${stored(store)[0].id} is stored, but its notification failed: cannot write to stdout: `,
      );
      expect(asText(stderr)).toContain("no space left on device\n  do not place it again\n");
    },
  );

  it("is content with a reader that has gone", async () => {
    const store = temporaryDirectory();
    const outcome = await runCli(["place-order", "tv"], { store, write: () => false });
    expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
    expect(stored(store)).toHaveLength(1);
  });
});
