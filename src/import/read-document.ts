import { isUtf8 } from "node:buffer";
import { messageOf } from "../error-message.js";
import type { RawRow, RowReader } from "./row.js";

/** Reads one JSON document: an array of orders, or a lowdb or TinyDB file. Needs all of it in memory. */
export function documentReader(format: keyof typeof LISTS): RowReader {
  return async function* read(name, blocks) {
    const parts: Buffer[] = [];
    for await (const block of blocks) parts.push(block);
    const bytes = Buffer.concat(parts);
    if (!isUtf8(bytes)) {
      yield [{ at: name, problem: "not UTF-8" }];
      return;
    }
    let value: unknown;
    try {
      value = JSON.parse(bytes.toString("utf8").replace(/^\ufeff/, ""));
    } catch (error) {
      yield [{ at: name, problem: `not JSON: ${messageOf(error)}` }];
      return;
    }
    yield LISTS[format](value, name);
  };
}

/** The rows of a document, by its format. */
const LISTS = {
  json: (value: unknown, name: string): RawRow[] =>
    Array.isArray(value)
      ? numbered(value, name)
      : [{ at: name, problem: "not an array of orders" }],
  lowdb: (value: unknown, name: string): RawRow[] => {
    const lists = Object.entries(asObject(value)).filter(([, list]) => Array.isArray(list));
    const [only, ...others] = lists.length > 1 ? lists.filter(([key]) => key === "orders") : lists;
    if (only !== undefined && others.length === 0) return numbered(only[1], `${name}: ${only[0]}`);
    const found = lists.length === 0 ? "no list" : "several lists and none is called 'orders'";
    return [{ at: name, problem: `not a lowdb file with a list of orders: ${found}` }];
  },
  tinydb: (value: unknown, name: string): RawRow[] => {
    const tables = Object.entries(asObject(value));
    const [only, ...others] = tables.filter(([, table]) => Object.keys(asObject(table)).length > 0);
    if (others.length > 0) {
      return [{ at: name, problem: "it has several tables; keep the one of the orders" }];
    }
    const rows = Object.entries(asObject(only?.[1]));
    return rows.map(([key, row]) => ({ at: `${name}: document ${key}`, value: row }));
  },
};

function numbered(list: unknown, name: string): RawRow[] {
  return (list as unknown[]).map((value, index) => ({ at: `${name}: order ${index + 1}`, value }));
}

function asObject(value: unknown): object {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
