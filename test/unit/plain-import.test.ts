import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openOrders } from "../../src/app.js";
import type { Order } from "../../src/domain/order.js";
import { OrderJson } from "../../src/store/records/order-json.js";
import type { ImportFormat } from "../../src/transfer/formats/formats.js";
import { rowOfLine } from "../../src/transfer/formats/read-ndjson.js";
import { openImportFile } from "../../src/transfer/import-file.js";
import type { Imported } from "../../src/transfer/import-options.js";
import type { importOrders } from "../../src/transfer/import-orders.js";
import { importRows } from "../../src/transfer/import-rows.js";
import { importPlain } from "../../src/transfer/plain/import-plain.js";
import { endOfPlainOrder } from "../../src/transfer/plain/plain-order.js";
import { readersOf } from "../../src/transfer/readers.js";
import fc from "../support/fast-check.js";
import { all, anOrder } from "../support/orders.js";

const OPTIONS = {
  ...{ columns: new Map(), ignoreUnknown: false, skipInvalid: true, dryRun: false, again: false },
  ...{ deliver: false, notify: false, placedAt: "2026-02-01T10:00:00.000Z", onProgress: () => {} },
};

/** What importing a file by one path does: its result, all that is told, and what is stored then. */
async function imported(
  path: (...args: Parameters<typeof importOrders>) => Promise<Imported | undefined>,
  format: ImportFormat,
  content: string,
  before: readonly Order[],
) {
  const directory = mkdtempSync(join(tmpdir(), "orders-"));
  const file = join(directory, "file");
  writeFileSync(file, content);
  const orders = await openOrders({ store: join(directory, "store") });
  const told: string[] = [];
  const options = {
    ...OPTIONS,
    onNotice: (notice: string) => told.push(notice.replace(file, "file")),
    onInvalid: ({ at, problem }: { at: string; problem: string }) =>
      told.push(`${at.replace(file, "file")}: ${problem}`),
  };
  try {
    for (const order of before) await orders.store.save(order);
    const opened = await openImportFile(file);
    const result = await path(opened, await readersOf(format), orders, options)
      .catch(({ code }) => code)
      .finally(() => opened.close?.());
    const stored = await all(orders.store.list({ state: "any" }));
    const { damage } = await orders.store.check();
    return { result, told, stored, damage };
  } finally {
    await orders.close();
    rmSync(directory, { recursive: true });
  }
}

async function asBytes(...[file, { plain }, orders, options]: Parameters<typeof importOrders>) {
  const { lines } = await orders.copyTarget();
  if (!file.lines || !plain || !lines) throw new Error("no bytes");
  return importPlain({ ...file, lines: file.lines }, plain, lines, orders, options);
}

const byRow: typeof importOrders = (file, { rows }, orders, options) =>
  importRows(file, rows, orders, options);

/**
 * Imports random files both ways: what is imported as bytes must come out as row by row, and a file that is declined
 * must leave nothing behind. Some of each kind have to be among them.
 */
async function compare(format: ImportFormat, contents: fc.Arbitrary<string>) {
  const count = { taken: 0, declined: 0 };
  await fc.assert(
    fc.asyncProperty(contents, fc.boolean(), async (content, isFilled) => {
      const before = isFilled ? [anOrder({ id: ids(1)[0] as string })] : [];
      const found = await imported(asBytes, format, content, before);
      if (found.result === undefined) {
        count.declined++;
        expect(found).toMatchObject({ told: [], stored: before, damage: [] });
      } else {
        count.taken++;
        expect(found).toEqual(await imported(byRow, format, content, before));
      }
    }),
    { numRuns: 150 },
  );
  expect(Math.min(count.taken, count.declined)).toBeGreaterThan(15);
}

/** Characters that matter to JSON, to CSV, to a terminal or to UTF-8. */
const characters = fc.constantFrom(
  ...`"\\,;:[]{}' \n\r\t0aeEf9-=1\u007f\u0085\u00a0\u00ad\u00e4\u0130\u200d\u2019\u2028\u202e\u20ac\u3000\u5bff\uac00\ufeff\u{1f4fa}\u{e0001}`,
);
const someText = fc.string({ unit: characters, minLength: 1, maxLength: 6 });
const somePlainText = fc
  .string({ unit: fc.constantFrom(..."a 9\"\\,'äß€’寿司가\u{1f4fa}"), minLength: 1, maxLength: 12 })
  .filter((text) => text.trim() !== "");
const texts = fc.oneof(somePlainText, someText);

/** Orders of a file: some have no id or no time, some were cancelled, some are none. */
const someOrder = fc.record(
  {
    id: fc.oneof(fc.uuid({ version: 4 }), fc.constantFrom(...ids(3))),
    placedAt: fc.oneof(
      {
        arbitrary: fc.constantFrom("2026-01-31T09:30:00.000Z", "2024-02-29T23:59:59.999Z"),
        weight: 9,
      },
      fc.constantFrom("2026-02-30T09:30:00.000Z", "2026-01-31 09:30", "2026-04-31T24:00:00.000Z"),
    ),
    items: fc.array(texts, { minLength: 1, maxLength: 3 }),
    for: texts,
    note: texts,
  },
  { requiredKeys: ["items"] },
);

const wholeOrder = someOrder.map((order) => ({ ...anOrder(), ...order }));

function ids(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `0000000${n}-0000-4000-8000-000000000000`);
}

describe("a line that is taken as it is", () => {
  const plainLine = fc
    .record(
      { items: fc.array(somePlainText, { minLength: 1 }), for: somePlainText, note: somePlainText },
      { requiredKeys: ["items"] },
    )
    .map((fields) => OrderJson.of(anOrder(fields)).json);

  it("has any text of printable characters", () => {
    const isTaken = (line: string) => {
      const bytes = Buffer.from(line);
      return endOfPlainOrder(bytes, 0) === bytes.length;
    };
    fc.assert(fc.property(plainLine, isTaken));
  });

  it("is what a parser makes of it, byte for byte, however it was changed", () => {
    const change = fc.record({ at: fc.nat(), deleted: fc.nat({ max: 2 }), put: someText });
    let taken = 0;
    fc.assert(
      fc.property(plainLine, change, (line, { at, deleted, put }) => {
        const from = at % line.length;
        const bytes = Buffer.from(line.slice(0, from) + put + line.slice(from + deleted));
        const end = endOfPlainOrder(bytes, 0);
        if (end < 0) return;
        taken++;
        const text = bytes.toString("utf8", 0, end);
        const row = rowOfLine("", text, OPTIONS);
        expect(row).toMatchObject({ hasId: true, hasTime: true });
        expect("order" in row && row.order.json).toBe(text);
      }),
      { numRuns: 10_000 },
    );
    expect(taken).toBeGreaterThan(500);
  });
});

describe("a file of JSON Lines", () => {
  const lines = fc.array(
    fc.oneof(
      { arbitrary: someOrder.map((order) => JSON.stringify(order)), weight: 12 },
      {
        arbitrary: someOrder.map((order) => JSON.stringify({ ...anOrder(), ...order })),
        weight: 12,
      },
      fc.constantFrom(
        "",
        " ",
        "{}",
        "[]",
        '{"items":["tv"],"cancelledAt":"2026-01-31"}',
        "\ufeff{",
      ),
    ),
    { maxLength: 6 },
  );

  const content = fc
    .tuple(lines, fc.constantFrom("\n", "\r\n"))
    .map(([rows, end]) => rows.join(end));

  it("is imported as row by row: the same orders, under the same ids", async () => {
    await compare("ndjson", content);
  });
});

describe("a file of CSV", () => {
  const headers = [
    ["placedAt", "id", "items", "for", "note", "cancelledAt", "reason"],
    ["id", "item", "Item 2", "for", "placed_at"],
    ["items", "note"],
  ];
  const table = fc.record({
    header: fc.constantFrom(...headers),
    separator: fc.constantFrom(",", ";", "\t"),
    end: fc.constantFrom("\n", "\r\n"),
    rows: fc.array(fc.tuple(fc.oneof(wholeOrder, someOrder), fc.boolean(), fc.boolean()), {
      minLength: 1,
      maxLength: 6,
    }),
    other: fc.constantFrom("", "", "", ",,", "\r", "tv", '"', 'a "b"', "id,items"),
  });
  const content = table.map(({ header, separator, end, rows, other }) => {
    const cellsOf = ([order, asJson, areQuoted]: (typeof rows)[number]) => {
      const values: Record<string, string | undefined> = {
        ...{ id: order.id, placedAt: order.placedAt, placed_at: order.placedAt },
        ...{ items: asJson ? JSON.stringify(order.items) : order.items[0] },
        ...{ item: order.items[0], "Item 2": order.items[1], for: order.for, note: order.note },
      };
      return header.map((name) => {
        const text = values[name] ?? "";
        const isBare = !areQuoted && !/[",;\t\r\n]/.test(text);
        return isBare ? text : `"${text.replaceAll('"', '""')}"`;
      });
    };
    const lines = [header, ...rows.map(cellsOf)].map((cells) => cells.join(separator));
    return [...lines, ...(other === "" ? [] : [other])].join(end);
  });

  it("is imported as row by row, too", async () => {
    await compare("csv", content);
  });
});
