import { isUtf8 } from "node:buffer";
import { messageOf } from "../error-message.js";
import { ImportProblem } from "./import-problem.js";
import { type Row, type RowReader, rowOfObject } from "./row.js";

/** Reads one JSON document: an array of orders, or a lowdb or TinyDB file. Needs all of it in memory. */
export function documentReader(format: keyof typeof LISTS): RowReader {
  return async function* read(name, blocks) {
    const parts: Uint8Array[] = [];
    for await (const block of blocks) parts.push(block);
    const bytes = Buffer.concat(parts);
    if (!isUtf8(bytes)) throw new ImportProblem("unreadable", `${name} is not UTF-8`);
    let value: unknown;
    try {
      value = JSON.parse(bytes.toString("utf8").replace(/^\ufeff/, ""));
    } catch (error) {
      throw new ImportProblem("unreadable", `${name} is not JSON`, messageOf(error));
    }
    yield LISTS[format](value, name);
  };
}

/** The rows of a document, by its format. */
const LISTS = {
  json: (value: unknown, name: string): Row[] => {
    if (Array.isArray(value)) return numbered(value, name);
    throw new ImportProblem("unreadable", `${name} is not an array of orders`);
  },
  lowdb: (value: unknown, name: string): Row[] => {
    const lists = Object.entries(asObject(value)).filter(([, list]) => Array.isArray(list));
    const [only, ...others] = lists.length > 1 ? lists.filter(([key]) => key === "orders") : lists;
    if (only !== undefined && others.length === 0) return numbered(only[1], `${name}: ${only[0]}`);
    const problem =
      lists.length === 0
        ? "has no list of orders"
        : "has several lists, and none is called 'orders'";
    throw new ImportProblem("unreadable", `${name} ${problem}`);
  },
  tinydb: (value: unknown, name: string): Row[] => {
    const tables = Object.entries(asObject(value));
    const [only, ...others] = tables.filter(([, table]) => Object.keys(asObject(table)).length > 0);
    if (others.length > 0) {
      throw new ImportProblem(
        "unreadable",
        `${name} has several tables`,
        "keep that of the orders",
      );
    }
    const rows = Object.entries(asObject(only?.[1]));
    return rows.map(([key, row]) => rowOfObject(`${name}: document ${key}`, row));
  },
};

function numbered(list: unknown, name: string): Row[] {
  return (list as unknown[]).map((value, index) =>
    rowOfObject(`${name}: order ${index + 1}`, value),
  );
}

function asObject(value: unknown): object {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
}
