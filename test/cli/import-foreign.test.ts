import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import type { Order } from "../../src/domain/order.js";
import { anOrder } from "../support/orders.js";
import { runCli, type World } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const NOW = "2026-02-01T10:00:00.000Z";
const AT = "2026-01-31T09:30:00.000Z";

let store: string;
let file: string;
beforeEach(() => {
  store = temporaryDirectory();
  file = join(temporaryDirectory(), "file");
});
const orders = (args: string[], world: World = {}) => runCli(args, { store, now: NOW, ...world });
/** Imports a file of this content. */
const imported = (content: string | Buffer, ...options: string[]) => {
  writeFileSync(file, content);
  return orders(["import", file, ...options]);
};
async function listed(): Promise<Order[]> {
  return JSON.parse((await orders(["list", "--all", "--json"])).stdout);
}
const lines = (...values: unknown[]) =>
  values.map((value) => `${JSON.stringify(value)}\n`).join("");
/** What is stored of an import: items and names. */
const stored = async () =>
  (await listed()).map(({ items, for: name }) => (name ? [items, name] : items));

describe("orders import, of files that other programs wrote,", () => {
  it.each([
    ["items\r\nlamp\nchair\n", [["lamp"], ["chair"]]],
    [
      "items,for\nlamp,Bob\r\nchair,Eve\r\n",
      [
        [["lamp"], "Bob"],
        [["chair"], "Eve"],
      ],
    ],
    ["items\rlamp\rchair\nsofa", [["lamp"], ["chair"], ["sofa"]]],
    ['items\n"lamp\r\nshade"\r"chair"\n', [["lamp\r\nshade"], ["chair"]]],
  ])("takes every line end of CSV, mixed too: %j", async (text, expected) => {
    expect((await imported(text)).exitCode).toBe(0);
    expect(await stored()).toEqual(expected);
  });

  it.each([
    ["items,items\na,b\n", "'items' and 'items'"],
    ["items,for,For\na,b,c\n", "'for' and 'For'"],
    [`items,placed_at,placedAt\na,${AT},${AT}\n`, "'placed_at' and 'placedAt'"],
    [lines({ items: ["a"], placed_at: AT, placedAt: NOW }), "'placed_at' and 'placedAt'"],
    [
      lines({ items: ["a"], cancelledAt: AT, cancelled_at: NOW }),
      "'cancelledAt' and 'cancelled_at'",
    ],
  ])("refuses two fields of one meaning, and names both: %j", async (text, names) => {
    const { exitCode, stderr } = await imported(text);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(names);
    expect(await listed()).toEqual([]);
  });

  it("takes several columns for items, and skips what is empty", async () => {
    expect(
      (await imported("sep=;\r\nitem;item;for;\r\na;b;Bob;\r\n;c;;\r\n   \r\n")).exitCode,
    ).toBe(0);
    expect(await stored()).toEqual([[["a", "b"], "Bob"], ["c"]]);
    const { stderr } = await imported("items,for,\na,Bob,more\n");
    expect(stderr).toContain(`${file}:2: a cell without a heading`);
  });

  it("takes no heading of a joined file for an order, nor its byte order mark for a part of an item", async () => {
    const text =
      '\ufeff"items","for"\nlamp,Bob\n\ufeff"items","for"\nchair,Eve\nfor,items\nAnn,sofa\n';
    expect((await imported(text)).stdout).toBe("3 orders: 3 imported, 0 already present\n");
    expect(await stored()).toEqual([
      [["lamp"], "Bob"],
      [["chair"], "Eve"],
      [["sofa"], "Ann"],
    ]);
    store = temporaryDirectory();
    await imported("price,items\n7,lamp\nprice,items\n8,chair\n", "--ignore-unknown");
    expect(await stored()).toEqual([["lamp"], ["chair"]]);
    store = temporaryDirectory();
    await imported(`\ufeff${lines({ items: ["\ufefflamp"] })}\ufeff${lines({ items: ["chair"] })}`);
    expect(await stored()).toEqual([["\ufefflamp"], ["chair"]]);
  });

  it.each(["constructor", "toString", "__proto__", "hasOwnProperty"])(
    "does not know the field %s",
    async (name) => {
      expect((await imported(`items,${name}\na,b\n`)).stderr).toContain(`unknown column '${name}'`);
      expect((await imported(`{"items":["a"],"${name}":"b"}\n`)).stderr).toContain(
        `unknown field '${name}'`,
      );
      expect(await listed()).toEqual([]);
    },
  );

  it("tells how unknown fields can be named or left out, and does", async () => {
    const csv = "Artikel,Kunde,Preis\nlamp,Bob,7\n";
    expect((await imported(csv)).stderr).toMatch(
      /cannot tell the format .*\n.*--format.*--columns/,
    );
    const refused = await imported(csv, "--format", "csv");
    expect(refused.exitCode).toBe(2);
    expect(refused.stderr).toMatch(/unknown columns 'Artikel', 'Kunde', 'Preis'\n/);
    expect(refused.stderr).toMatch(/--columns .*--ignore-unknown/);
    const columns = ["--columns", "items=Artikel,for=Kunde"];
    expect((await imported(csv, ...columns)).stderr).toContain("unknown column 'Preis'\n");
    expect((await imported(csv, ...columns, "--ignore-unknown")).exitCode).toBe(0);
    expect(await stored()).toEqual([[["lamp"], "Bob"]]);

    store = temporaryDirectory();
    const json = lines({ Artikel: "lamp", Kunde: "Bob", Preis: 7 });
    const faulty = await imported(json, "--format", "ndjson");
    expect(faulty.stderr).toMatch(
      /file:1: unknown fields 'Artikel', 'Kunde', 'Preis'.*\n.*\n.*\n.*--columns .*--ignore-unknown/,
    );
    await imported(json, "--format", "ndjson", ...columns, "--ignore-unknown");
    expect(await stored()).toEqual([[["lamp"], "Bob"]]);
  });

  it.each([
    ["items=Artikell", "no column 'Artikell'"],
    ["price=Preis", "price"],
    ["items", "items"],
  ])("refuses --columns %s", async (columns, message) => {
    const { exitCode, stderr } = await imported(
      "Artikel\nlamp\n",
      "--format",
      "csv",
      "--columns",
      columns,
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  it.each<[string, string]>([
    [
      "JSON Lines that begin with a cancellation",
      lines({ cancelledAt: NOW, placedAt: AT, items: ["tv"] }),
    ],
    ["one order, over several lines", JSON.stringify({ for: "Ann", items: ["tv"] }, null, 2)],
    ["one order on one line without its end", '{"items":["tv"]}'],
    [
      "several tables, one of which is called orders",
      '{"orders":{"1":{"items":["tv"]}},"log":{"1":{"at":3}}}',
    ],
    ["an empty table", '{"_default":{"1":{"items":["tv"]}},"log":{}}'],
  ])("takes %s", async (_, text) => {
    expect((await imported(text)).stdout).toMatch(/^1 order: 1 imported/);
    expect((await listed()).map(({ items }) => items)).toEqual([["tv"]]);
  });

  it.each<[string, string, string]>([
    ["tinydb", '[{"items":["tv"]}]', "is not a TinyDB file"],
    ["tinydb", '{"_default":[{"items":["tv"]}]}', "is not a TinyDB file"],
    ["tinydb", '{"_default":{"one":{"items":["tv"]}}}', "is not a TinyDB file"],
    ["tinydb", '{"_default":{"1":["tv"]}}', "document 1: not an object"],
    ["tinydb", "7", "is not a TinyDB file"],
    ["lowdb", '[{"items":["tv"]}]', "has no list of orders"],
    ["json", '{"orders":[]}', "is not an array of orders"],
  ])("refuses as %s what is none: %s", async (format, text, message) => {
    const { exitCode, stderr } = await imported(text, "--format", format);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  it("takes an empty TinyDB file for no orders", async () => {
    expect((await imported('{"_default":{}}')).stdout).toMatch(/^0 orders/);
  });

  it("names the line of a stray quote, and every fault before it", async () => {
    const rows = Array.from({ length: 50_000 }, (_, n) => (n === 7 ? "a,b" : `lamp ${n}`));
    const { stderr } = await imported(`items\n${rows.join("\n")}\nla"mp\nx\n`);
    expect(stderr).toContain(`${file}:9: 2 cells, but the header has 1\n`);
    expect(stderr).toMatch(/file:50002 is not CSV\n {2}there is a quote within a text\n/);
  });

  it.each([
    ["UTF-16 with a byte order mark", Buffer.from("\ufeffitems\nlamp\n", "utf16le"), "is UTF-16"],
    ["UTF-16 without one", Buffer.from("items\nlamp\n", "utf16le"), "is UTF-16"],
    ["UTF-16, big end first", Buffer.from("items\nlamp\n", "utf16le").swap16(), "is UTF-16"],
    ["UTF-16 whose format is named", Buffer.from("items\nlamp\n", "utf16le"), "is UTF-16", "csv"],
    ["CSV in Latin-1", Buffer.from("items\nlamp\ncafé\n", "latin1"), ":3 is not UTF-8"],
    ["JSON in Latin-1", Buffer.from('[{"items":\n["café"]}]', "latin1"), ":2 is not UTF-8"],
  ])("tells how to convert %s", async (_, content, message, format?: string) => {
    const { exitCode, stderr } = await imported(content, ...(format ? ["--format", format] : []));
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(stderr).toMatch(/save it as UTF-8 .*iconv/);
  });
});

describe("orders import, of orders without ids,", () => {
  const without = (...items: string[]) => lines(...items.map((item) => ({ items: [item] })));

  it("adds just what is new of a file that was edited", async () => {
    await imported(without("a", "b", "b"));
    const edited = await imported(`${without("b", "new", "a")}\r\n${without("b", "b")}`);
    expect(edited.stdout).toBe("5 orders: 2 imported, 3 already present\n");
    expect((await stored()).flat().sort()).toEqual(["a", "b", "b", "b", "new"]);
  });

  it("adds just what was mended after --skip-invalid", async () => {
    await imported(`${without("a")}no JSON\n${without("b")}`, "--skip-invalid");
    expect((await imported(without("a", "mended", "b"))).stdout).toBe(
      "3 orders: 1 imported, 2 already present\n",
    );
  });

  it("knows them again in another format, with another line end, and with what became of them", async () => {
    await imported(lines({ items: ["a"], placedAt: AT }, { items: ["b"], for: "Bob" }));
    const csv = `items;placed_at;for;cancelled_at\r\na;2026-01-31T10:30:00+01:00;;${NOW}\r\nb;;Bob;\r\n`;
    expect((await imported(csv)).stdout).toBe(
      "2 orders: 0 imported, 2 already present, 1 cancelled\n",
    );
  });

  it("cancels those that were imported before they were cancelled", async () => {
    const id = "403d33e9-39e5-44bc-8f5e-eab0c6f897ff";
    await imported(lines({ items: ["a"] }, { id, items: ["b"] }));
    const cancelledAt = "2026-03-01T10:00:00.000Z";
    const later = { now: "2026-04-01T10:00:00.000Z" };
    writeFileSync(file, lines({ items: ["a"], cancelledAt }, { id, items: ["b"], cancelledAt }));
    expect(await orders(["import", file], later)).toMatchObject({
      exitCode: 0,
      stdout: "2 orders: 0 imported, 2 already present, 2 cancelled\n",
    });
    expect(await listed()).toMatchObject([
      { placedAt: NOW, cancelledAt },
      { placedAt: NOW, cancelledAt },
    ]);
  });

  it("gives them ids that differ in their first digits", async () => {
    await imported(without(...Array.from({ length: 200 }, (_, n) => `tv ${n % 100}`)));
    const ids = (await listed()).map(({ id }) => id.slice(0, 8));
    expect(new Set(ids).size).toBe(200);
    expect((await orders(["show", ids[7] as string])).exitCode).toBe(0);
  });
});

describe("orders import, of cancellations,", () => {
  it("counts them, and names those of orders that are stored", async () => {
    const [old, fresh] = [anOrder({ placedAt: AT }), anOrder({ placedAt: AT })];
    await imported(lines(old));
    const text = lines({ ...old, cancelledAt: NOW }, { ...fresh, cancelledAt: NOW });
    const dry = await imported(text, "--dry-run");
    expect(dry.stdout).toBe(
      "2 orders: 1 would be imported, 1 already present, 2 would be cancelled\n",
    );
    expect(dry.stderr).toBe(`${file}:1: cancels order ${old.id}, which is stored\n`);
    expect(JSON.parse((await imported(text, "--dry-run", "--json")).stdout)).toMatchObject({
      imported: 1,
      present: 1,
      cancelled: 2,
    });
    expect((await listed()).map(({ cancelledAt }) => cancelledAt)).toEqual([undefined]);
    const done = await imported(text);
    expect(done.stdout).toBe("2 orders: 1 imported, 1 already present, 2 cancelled\n");
    expect(done.stderr).toBe(`${file}:1: cancels order ${old.id}, which is stored\n`);
    expect((await imported(text)).stdout).toBe("2 orders: 0 imported, 2 already present\n");
  });

  it("tells of one that is before its order", async () => {
    const order = anOrder({ placedAt: NOW });
    const { exitCode, stderr } = await imported(lines({ ...order, cancelledAt: AT }));
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: `${file}:1: cancels order ${order.id} at ${AT}, before it was placed\n`,
    });
  });

  it("takes an order without a time as placed when it was cancelled", async () => {
    await imported(lines({ items: ["tv"], cancelledAt: AT }));
    expect(await listed()).toMatchObject([{ placedAt: AT, cancelledAt: AT }]);
  });
});

describe("orders import, of times,", () => {
  const placedAt = async (time: string) => {
    store = temporaryDirectory();
    const outcome = await imported(lines({ items: ["tv"], placedAt: time }));
    const [order] = await listed();
    return order?.placedAt ?? outcome.stderr;
  };
  const local = (text: string) => new Date(text).toISOString();

  it("takes those that --since takes", async () => {
    expect(await placedAt("0001-01-01 00:00:00Z")).toBe("0001-01-01T00:00:00.000Z");
    expect(await placedAt("2026-01-31")).toBe(local("2026-01-31T00:00"));
    expect(await placedAt("2026-01-31 09:30")).toBe(local("2026-01-31T09:30"));
    expect(await placedAt("2026-01-31T09:30:15.250")).toBe(local("2026-01-31T09:30:15.250"));
    expect(await placedAt("2026-01-31t09:30z")).toBe(AT);
    expect(await placedAt("2026-01-31 09:30:00.000+00:00")).toBe(AT);
    expect(await placedAt("2026-01-31T09:30:00.123456789Z")).toBe("2026-01-31T09:30:00.123Z");
  });

  it.each([
    ["yesterday", "placedAt is not a time"],
    ["90m", "placedAt is not a time"],
    ["31.01.2026", "placedAt is not a time"],
    ["2026-01-31T25:00:00Z", "placedAt is not a time"],
    ["2026-01-31T09:30+0100", "placedAt is not a time"],
    ["2026-02-30", "placedAt is a day that does not exist: 2026-02-30"],
    ["2026-12-31T23:59:60Z", "placedAt is a leap second"],
    ["0000-01-01T00:00:00+01:00", "placedAt is not a time"],
  ])("refuses %s", async (time, message) => {
    expect(await placedAt(time)).toContain(message);
  });

  it("refuses one that is a number", async () => {
    expect((await imported(lines({ items: ["tv"], placedAt: 1769851800 }))).stderr).toContain(
      "placedAt is not a time",
    );
  });
});
