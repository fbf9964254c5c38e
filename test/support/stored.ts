import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Order } from "../../src/domain/order.js";
import { decodeLine } from "../../src/store/jsonl/lines/order-codec.js";
import type { RecordLine } from "../../src/store/jsonl/lines/scanned-line.js";
import { temporaryDirectory } from "./temporary-directory.js";

/** A new store with these lines in its file, written without the store: orders need not be valid. */
export function storeOf(records: readonly unknown[]): string {
  const store = temporaryDirectory();
  const lines = records.map((record) => `${JSON.stringify(record)}\n`);
  writeFileSync(join(store, "orders.jsonl"), lines.join(""));
  return store;
}

/** The orders on the whole lines of a store's file, read without the store. */
export function stored(store: string): Order[] {
  const path = join(store, "orders.jsonl");
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
  return lines.flatMap((line) => {
    const decoded = decodeLine(Buffer.from(line));
    return decoded.kind === "order" ? [decoded.order] : [];
  });
}

/** The orders among what a reader of the file found. */
export function ordersIn(records: Iterable<readonly RecordLine[]>): Order[] {
  return [...records].flat().flatMap((line) => (line.kind === "order" ? [line.order.parse()] : []));
}
