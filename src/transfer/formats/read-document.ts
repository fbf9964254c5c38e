import { messageOf } from "../../error-message.js";
import { ImportProblem } from "../import-problem.js";
import { type FieldNames, fieldOf } from "./fields.js";
import { type RowReader, rowOfObject } from "./row.js";
import { UTF_8, utf8Begin } from "./whole-lines.js";

/** Reads one JSON document: an array of orders, or a lowdb or TinyDB file. Needs all of it in memory. */
export function documentReader(format: keyof typeof LISTS): RowReader {
  return async function* read(name, blocks, names) {
    const parts: Uint8Array[] = [];
    for await (const block of blocks) parts.push(block);
    const bytes = Buffer.concat(parts);
    const begin = utf8Begin(bytes);
    const text = begin.toString("utf8").replace(/^\ufeff/, "");
    if (begin !== bytes) {
      const line = text.split(/\r\n|\n|\r/).length;
      throw new ImportProblem("encoding", `${name}:${line} is not UTF-8`, UTF_8);
    }
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch (error) {
      throw new ImportProblem("unreadable", `${name} is not JSON`, messageOf(error));
    }
    const list = LISTS[format](value, names);
    if (typeof list === "string") throw new ImportProblem("unreadable", `${name} ${list}`);
    yield list.map(([at, each]) => rowOfObject(`${name}: ${at}`, each, names));
  };
}

/** The orders of a document with what each is called there, or what is wrong with it, by its format. */
const LISTS = {
  json: (value: unknown, names: FieldNames): List | string => {
    if (Array.isArray(value)) return numbered(value, "order");
    const isOrder = Object.keys(objectOf(value) ?? {}).some((name) => fieldOf(name, names));
    return isOrder ? numbered([value], "order") : "is not an array of orders";
  },
  lowdb: (value: unknown): List | string => {
    const lists = Object.entries(objectOf(value) ?? {}).filter(([, list]) => Array.isArray(list));
    const [key, list] = theOrders(lists) ?? [];
    if (list !== undefined) return numbered(list as unknown[], `${key}: order`);
    return lists.length === 0
      ? "has no list of orders"
      : "has several lists, and none is called 'orders'";
  },
  tinydb: (value: unknown): List | string => {
    const tables = Object.entries(objectOf(value) ?? { "": [] });
    if (!tables.every(([, table]) => isTable(table))) return "is not a TinyDB file";
    const filled = tables.filter(([, table]) => Object.keys(table).length > 0);
    if (filled.length === 0) return [];
    const [, table] = theOrders(filled) ?? [];
    if (table === undefined) return "has several tables, and none is called 'orders'";
    return Object.entries(table).map(([key, order]) => [`document ${key}`, order]);
  },
};

type List = readonly (readonly [at: string, order: unknown])[];

function numbered(list: readonly unknown[], noun: string): List {
  return list.map((order, index) => [`${noun} ${index + 1}`, order]);
}

/** The only list, or that of the orders. */
function theOrders<T>(lists: readonly (readonly [string, T])[]): readonly [string, T] | undefined {
  return lists.length === 1 ? lists[0] : lists.find(([key]) => key === "orders");
}

/** A table of TinyDB holds its documents by number. */
function isTable(value: unknown): value is object {
  const table = objectOf(value);
  return table !== undefined && Object.keys(table).every((key) => /^\d+$/.test(key));
}

function objectOf(value: unknown): object | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value : undefined;
}
