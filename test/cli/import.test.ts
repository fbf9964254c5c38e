import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";
import type { Order } from "../../src/domain/order.js";
import { OrdersError } from "../../src/errors.js";
import { openStore } from "../../src/store/open-store.js";
import fc from "../support/fast-check.js";
import { all, anOrder, anyOrder, byTime } from "../support/orders.js";
import { runCli, type World } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const NOW = "2026-02-01T10:00:00.000Z";
const TV = anOrder({ items: ["100 inch TV"] });
const DESK = anOrder({ items: ["desk", "chair"], for: "Ada", note: "ring twice" });

let store: string;
let directory: string;
beforeEach(() => {
  store = temporaryDirectory();
  directory = temporaryDirectory();
});
const orders = (args: string[], world: World = {}) => runCli(args, { store, now: NOW, ...world });
const run = (file: string, ...options: string[]) => orders(["import", file, ...options]);
async function listed(args: string[] = []): Promise<Order[]> {
  return JSON.parse((await orders(["list", "--all", "--json", ...args])).stdout);
}

/** A file with this text. */
function written(name: string, text: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}
const lines = (...values: unknown[]) =>
  values.map((value) => `${JSON.stringify(value)}\n`).join("");

describe("orders import", () => {
  it.each<[string, string]>([
    ["JSON Lines", lines(TV, DESK)],
    ["a JSON array", JSON.stringify([TV, DESK], null, 2)],
    ["a lowdb file", JSON.stringify({ orders: [TV, DESK] })],
    ["a lowdb file with other lists", JSON.stringify({ orders: [TV, DESK], users: [1] })],
    ["a TinyDB file", JSON.stringify({ _default: { 1: TV, 2: DESK } })],
    ["a TinyDB file with a named table", JSON.stringify({ orders: { 1: TV, 2: DESK } })],
    [
      "CSV",
      `id,placed_at,items,for,note\n${TV.id},${TV.placedAt},100 inch TV,,\n${DESK.id},${DESK.placedAt},"[""desk"",""chair""]",Ada,ring twice\n`,
    ],
    [
      "CSV of Excel, with a mark, semicolons and a column for each item",
      `\ufeffID;Placed At;Item;Item;For;Note\r\n${TV.id};${TV.placedAt};100 inch TV;;;\r\n${DESK.id};${DESK.placedAt};desk;chair;Ada;ring twice\r\n`,
    ],
  ])("imports %s, with ids and times", async (_, text) => {
    const outcome = await run(written("file", text));
    expect(outcome).toMatchObject({
      exitCode: 0,
      stdout: "2 orders: 2 imported, 0 already present\n",
      stderr: "",
    });
    expect(await listed()).toEqual([TV, DESK]);
    expect((await run(written("file", text))).stdout).toBe(
      "2 orders: 0 imported, 2 already present\n",
    );
    expect((await orders(["check"])).stdout).toBe("2 orders, no damage\n");
  });

  it("reads the file that the tutorial's program wrote, which has no times", async () => {
    const file = written(
      "db.json",
      `{"_default": {"1": {"id": "${TV.id}", "items": ["100 inch TV"]}}}`,
    );
    await run(file);
    expect(await listed()).toEqual([{ ...TV, placedAt: NOW }]);
    const later = { now: "2026-03-01T10:00:00.000Z" };
    const again = await orders(["import", file], later);
    expect(again).toMatchObject({
      exitCode: 0,
      stdout: "1 order: 0 imported, 1 already present\n",
    });
  });

  it("reads times as other programs write them, and ids in upper case", async () => {
    const order = { id: TV.id.toUpperCase(), placed_at: "2026-01-31T10:30:00+01:00", items: "tv" };
    await run(written("file", lines(order)));
    expect(await listed()).toEqual([{ ...TV, items: ["tv"] }]);
  });

  it("does not look as if it had failed if its result cannot be printed", async () => {
    const write = () => {
      throw new OrdersError("output-failed", "cannot write: no space left on device");
    };
    const file = written("file", lines(TV));
    const full = (...more: string[]) => orders(["import", file, ...more], { write });
    expect((await full("--dry-run")).exitCode).toBe(1);
    expect(await full()).toMatchObject({
      exitCode: 3,
      stderr:
        "orders: the orders are stored, but that cannot be printed: cannot write: no space left on device\n",
    });
    expect(await listed()).toEqual([TV]);
    expect((await full()).exitCode).toBe(1); // nothing was stored
    const copy = ["copy", "--to", temporaryDirectory()];
    expect((await orders(copy, { write })).exitCode).toBe(3);
    expect((await orders([...copy, "--json"], { write })).exitCode).toBe(1);
  });

  it("says what to do where there is no room for what is to be stored", async () => {
    vi.stubEnv("TMPDIR", join(directory, "none"));
    onTestFinished(() => void vi.unstubAllEnvs());
    const large = lines({ items: ["x".repeat(2 ** 20)] }, TV);
    expect(await orders(["import", "-"], { stdin: large })).toMatchObject({
      exitCode: 1,
      stderr: `orders: cannot keep the orders in ${join(directory, "none")}: no such file or directory\n  nothing was imported; TMPDIR names another directory\n`,
    });
    expect((await orders(["import", "-", "--dry-run"], { stdin: large })).exitCode).toBe(0);
    expect((await orders(["import", "-"], { stdin: lines(TV) })).exitCode).toBe(0);
  });

  it("reads stdin", async () => {
    const { stdout } = await orders(["import", "-"], { stdin: lines(TV) });
    expect(stdout).toBe("1 order: 1 imported, 0 already present\n");
    const { stderr } = await orders(["import", "-"], { stdin: `${lines(DESK)}{"items":[]}` });
    expect(stderr).toContain("stdin:2: there are no items\n");
    expect(await listed()).toEqual([TV]);
  });

  it("stores nothing if something is wrong, and names each fault with its line", async () => {
    const text = `${lines(TV)}\nnot JSON\n${lines({ items: [] }, { items: ["a"], colour: "red" }, { items: ["a"], id: "7" }, { ...DESK, placedAt: "yesterday" })}`;
    const file = written("bad.ndjson", text);
    const outcome = await run(file);
    expect(outcome).toMatchObject({ exitCode: 2, stdout: "" });
    expect(outcome.stderr).toBe(
      `${file}:3: not JSON
${file}:4: there are no items
${file}:5: unknown field 'colour'; known fields: id, placedAt, items, for, note, cancelledAt, reason, completedAt, completionNote
${file}:6: id is not a UUID
${file}:7: placedAt is not a time such as 2026-01-31T09:30:00+01:00 or 2026-01-31 09:30
orders: 5 of 6 orders cannot be imported
  nothing was stored; --skip-invalid imports the others
  --columns items=<name>,for=<name> says what they are called, and --ignore-unknown leaves out the rest
`,
    );
    expect((await orders(["list", "--count"])).stdout).toBe("0\n");
    const skipped = await run(file, "--skip-invalid");
    expect(skipped).toMatchObject({
      exitCode: 0,
      stdout: "6 orders: 1 imported, 0 already present, 5 invalid\n",
    });
    expect(await listed()).toEqual([TV]);
  });

  it.each([
    ["as an order of ours", { ...TV, placedAt: "2026-02-30T10:00:00.000Z" }],
    ["with its fields in another order", { placedAt: "2026-02-30T10:00:00.000Z", items: ["tv"] }],
    ["in another time zone", { items: ["tv"], placedAt: "2026-02-30 10:00+02:00" }],
    ["of its cancellation", { ...TV, cancelledAt: "2026-02-30T10:00:00.000Z" }],
  ])("refuses a day that does not exist: %s", async (_, row) => {
    const { exitCode, stderr } = await run(written("orders.ndjson", lines(row)));
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /ndjson:1: (?:placed|cancelled)At is a day that does not exist: 2026-02-30/,
    );
    expect((await orders(["list", "--count"])).stdout).toBe("0\n");
  });

  it("takes 29 February of a leap year", async () => {
    const order = { ...TV, placedAt: "2028-02-29T10:00:00.000Z" };
    await run(written("orders.ndjson", lines(order)));
    expect(await listed()).toEqual([order]);
  });

  it("names the line of CSV on which a faulty order begins", async () => {
    const file = written("bad.csv", 'items,note\n"a\nb",x\n ,y\n"c",z,1\n"d\n');
    const { exitCode, stderr } = await run(file);
    expect(exitCode).toBe(2);
    expect(stderr).toMatch(
      /bad\.csv:4: item 1 is blank\n.*bad\.csv:5: 3 cells, but the header has 2/,
    );
    expect(stderr).toMatch(/bad\.csv:6 is not CSV\n {2}a quote is not closed\n/);
  });

  it("only tells with --dry-run", async () => {
    const file = written("file", lines(TV, DESK));
    await orders(["place-order", "--id", TV.id, "100 inch TV"], { now: TV.placedAt });
    const { stdout } = await run(file, "--dry-run", "--json");
    expect(JSON.parse(stdout)).toEqual({
      format: "ndjson",
      orders: 2,
      imported: 1,
      present: 1,
      cancelled: 0,
      done: 0,
      invalid: 0,
      dryRun: true,
    });
    expect((await run(file, "--dry-run")).stdout).toBe(
      "2 orders: 1 would be imported, 1 already present\n",
    );
    expect(await listed()).toEqual([TV]);
  });

  it("refuses orders that differ from those that have their ids, stored or in the file", async () => {
    await run(written("first", lines(TV)));
    const file = written(
      "second",
      lines({ ...TV, items: ["radio"] }, DESK, { ...DESK, for: "Bob" }),
    );
    const outcome = await run(file);
    expect(outcome.exitCode).toBe(2);
    expect(outcome.stderr).toContain(
      `${file}:1: order ${TV.id} already exists with different content\n`,
    );
    expect(outcome.stderr).toContain(`${file}:3: order ${DESK.id} appears twice`);
    await run(file, "--skip-invalid");
    expect(await listed()).toEqual([TV, DESK]);
  });

  it("notices that a file without ids was imported before, and imports it again if told", async () => {
    const file = written("file", lines({ items: ["tv"] }, { items: ["tv"] }));
    expect((await run(file)).stdout).toBe("2 orders: 2 imported, 0 already present\n");
    const copy = written("copy", readFileSync(file));
    expect(await run(copy)).toMatchObject({
      exitCode: 5,
      stderr: `orders: ${copy} was imported before: all of its orders are stored\n  nothing was stored; --again imports it once more, as new orders\n`,
    });
    expect((await run(copy, "--again")).stdout).toBe("2 orders: 2 imported, 0 already present\n");
    expect(await listed()).toHaveLength(4);
  });

  it("finishes an import of a file without ids that was interrupted", async () => {
    const file = written("file", lines({ items: ["a"] }, { items: ["b"] }, { items: ["c"] }));
    await run(file);
    const stored = join(store, "orders.jsonl");
    const [first = ""] = readFileSync(stored, "utf8").split("\n");
    writeFileSync(stored, `${first}\n`);
    expect((await run(file)).stdout).toBe("3 orders: 2 imported, 1 already present\n");
    expect((await listed()).map(({ items }) => items)).toEqual([["a"], ["b"], ["c"]]);
  });

  it("imports cancelled orders, and cancels those that are stored", async () => {
    const cancelled = { ...TV, cancelledAt: NOW, reason: "sold out" };
    await run(written("first", lines(TV, DESK)));
    await run(written("second", lines(cancelled, DESK)));
    expect(await listed()).toEqual([cancelled, DESK]);
    expect((await orders(["list", "--count"])).stdout).toBe("1\n");
    const wrong = await run(written("third", lines({ ...anOrder(), reason: "why" })));
    expect(wrong.stderr).toContain("it has a reason, but no cancelledAt");
  });

  it("tells no subscription of what is history, unless it is asked to", async () => {
    const watch = (...more: string[]) =>
      orders(["watch", "--as", "sales", "--until-caught-up", "-q", ...more]);
    await orders(["place-order", "before"]);
    await watch();
    await run(written("first", lines(TV)));
    expect((await watch()).stdout).toBe("");
    const [status] = JSON.parse((await orders(["subscriptions", "--json"])).stdout);
    expect(status).toMatchObject({ waiting: 0, after: TV.id });
    await run(written("second", lines(DESK)), "--deliver");
    expect((await watch()).stdout).toBe(`${DESK.id}\n`);
    await orders(["place-order", "-q", "after"]);
    expect((await watch()).stdout).toMatch(/^[0-9a-f-]{36}\n$/);
  });

  it("prints banners with --notify only, and shows what passes over the bus", async () => {
    const file = written("file", lines(TV));
    const { stdout, stderr } = await run(file, "--notify", "--trace", "--no-color");
    expect(stdout).toBe(
      `============\nNew Order:\n============\nID: ${TV.id}\nItems: ['100 inch TV']\n1 order: 1 imported, 0 already present\n`,
    );
    expect(stderr.match(/┌ \S+/g)).toEqual([
      "┌ import-orders",
      "┌ orders-imported",
      "┌ notify-sales",
    ]);
  });

  it("shows its progress on a terminal, and clears it", async () => {
    const many = Array.from({ length: 3000 }, () => anOrder());
    const file = written("many", lines(...many));
    const { stderr } = await orders(["import", file], { terminal: ["stderr"], columns: 100 });
    expect(stderr).toMatch(/\[#{20}\] 100 %/);
    expect(stderr.endsWith("\r\x1b[2K")).toBe(true);
  });

  it("reads the file once: what is appended meanwhile is imported the next time", async () => {
    const rows = Array.from({ length: 1001 }, (_, n) => `tv ${n}\n`);
    const file = written("changed.csv", `items\n${rows.join("")}`);
    let isChanged = false;
    const outcome = await orders(["import", file, "--trace"], {
      whenWritten: ({ stderr }) => {
        if (!isChanged && stderr.includes("import-orders")) appendFileSync(file, "radio\n");
        isChanged ||= stderr.includes("import-orders");
      },
    });
    expect(isChanged).toBe(true);
    expect(outcome.stdout).toBe("1001 orders: 1001 imported, 0 already present\n");
    expect((await run(file)).stdout).toBe("1002 orders: 1 imported, 1001 already present\n");
  });

  it("prints no banner and no fault behind its progress", async () => {
    const long = { items: ["x".repeat(2_000_000)] }; // more than is read at once
    const file = written("many", lines(TV, long, { id: "none", items: ["tv"] }));
    const shown = (text = "") => text.replaceAll("\r\x1b[2K", "<cleared>");
    let stderrAtBanner: string | undefined;
    const { stderr } = await orders(["import", file, "--notify", "--skip-invalid"], {
      terminal: ["stdout", "stderr"],
      whenWritten: (written) => {
        if (written.stdout !== "") stderrAtBanner ??= written.stderr;
      },
    });
    expect(shown(stderrAtBanner)).toMatch(/checking [^<]*<cleared>$/);
    expect(shown(stderr)).toMatch(/checking [^<]*<cleared>[^<]*many:3: id is not a UUID\n/);
  });

  it.each<[string, string | Buffer, RegExp]>([
    ["is empty", "", /is empty/],
    ["is prose", "hello\n", /cannot tell the format of .*\n {2}name it with --format: ndjson/],
    ["is UTF-16", Buffer.from("\ufeffitems\n", "utf16le"), /is UTF-16\n {2}save it as UTF-8/],
    ["is no UTF-8", Buffer.from('{"items":["\xff"]}\n', "latin1"), /:1: not UTF-8\n/],
    ["is CSV that is no UTF-8", Buffer.from("items\ntv \xff\n", "latin1"), /file:2 is not UTF-8\n/],
    [
      "has a column that nobody knows",
      "items,colour\ntv,red\n",
      /file has an unknown column 'colour'\n {2}known columns: /,
    ],
    [
      "breaks off",
      '[{"items":["tv"]},',
      /file is not JSON\n {2}.*JSON.*\n {2}nothing was stored; /,
    ],
    ["has several lists", '{"shop":[],"desk":[]}', /file has several lists, and none is called/],
    ["has no list", '{"shop":{}}', /file has no list of orders\n {2}nothing was stored; --format/],
    [
      "has several tables",
      '{"_default":{"1":{"items":["tv"]}},"2":{"1":{"items":["tv"]}}}',
      /file has several tables, and none is called/,
    ],
  ])("refuses a file that %s", async (_, content, message) => {
    const outcome = await run(written("file", content));
    expect(outcome).toMatchObject({ exitCode: 2, stdout: "" });
    expect(outcome.stderr).toMatch(message);
  });

  it("refuses a file that is not there, or is a directory", async () => {
    expect(await run(join(directory, "none"))).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^orders: cannot read .*none: no such file or directory\n$/),
    });
    expect((await run(directory)).stderr).toMatch(/: it is a directory\n$/);
    expect(await run("")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/^orders: <file> is empty\n {2}give it a value/),
    });
  });

  it.each(["ndjson", "json", "csv"])("gives back what list --format %s printed", async (format) => {
    const cancelled = fc.option(
      fc.record({ cancelledAt: fc.constant(NOW), reason: fc.constant("=r;") }),
      {
        nil: {},
      },
    );
    const any = fc.tuple(anyOrder, cancelled).map(([order, fields]) => {
      if (format !== "csv") return { ...order, ...fields };
      const { traceparent: _, ...others } = order; // which has no column
      return { ...others, ...fields };
    });
    const many = fc.uniqueArray(any, { selector: ({ id }) => id, minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(many, async (given) => {
        const from = temporaryDirectory();
        const opened = await openStore(from);
        for (const { cancelledAt, reason, ...order } of given) {
          await opened.save(order);
          if (cancelledAt !== undefined)
            await opened.closeOrder({ id: order.id, cancelledAt, reason });
        }
        const { stdout } = await runCli(["list", "--all", "--format", format], { store: from });
        const to = temporaryDirectory();
        const file = written("export", stdout);
        expect((await runCli(["import", file], { store: to })).exitCode).toBe(0);
        const copy = await openStore(to);
        expect(await all(copy.list({ state: "any" }))).toEqual(byTime(given));
      }),
      { numRuns: 40 },
    );
  });
});
