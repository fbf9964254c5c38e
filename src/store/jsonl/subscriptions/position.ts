import { OrdersError } from "../../../errors.js";
import type { Damage } from "../../order-store.js";
import { crc32, hexOf } from "../../records/crc32.js";
import { withFile } from "../files/open-file.js";
import { readChunk } from "../lines/find-bytes.js";

/** A position between two lines of the file of orders. */
export interface Position {
  /** Where the next line begins, in bytes from the beginning of the file. */
  readonly byte: number;
  /** The checksum of the bytes before it: see {@link prefixChecksumAt}. */
  readonly prefixChecksum: string;
  /** The id of the last order before it. */
  readonly after: string | null;
}

/** Mostly the id of an order and its checksum, which are at either end of a line. */
const PREFIX_BYTES = 256;

/**
 * The checksum of the bytes before `byte`, of enough of them to tell one order from another;
 * `undefined` if the file is shorter. No file (`fd` undefined) is an empty one.
 */
export function prefixChecksumAt(fd: number | undefined, byte: number): string | undefined {
  const start = Math.max(0, byte - PREFIX_BYTES);
  const bytes = fd === undefined ? Buffer.alloc(0) : readChunk(fd, start, byte - start);
  return bytes.length === byte - start ? hexOf(crc32(bytes)) : undefined;
}

/** Whether the bytes before a position are still those that were there. */
export function holds(fd: number | undefined, { byte, prefixChecksum }: Position): boolean {
  return prefixChecksumAt(fd, byte) === prefixChecksum;
}

/** What is damaged if the position of a subscription no longer holds. */
export function lostPosition(name: string, { byte }: Position): Damage {
  const problem = `its position, byte ${byte}, is beyond the end of orders.jsonl, or behind other orders`;
  return { location: `subscriptions/${name}.json`, problem };
}

/** What is damaged if a subscription has parked orders, and its file is gone. */
export function lostSubscription(name: string): Damage {
  const problem = "it is gone, but there are orders that it has parked";
  return { location: `subscriptions/${name}.json`, problem };
}

/** The position at a byte of a file. */
export function positionAt(path: string, byte: number, after: string | null): Position {
  const prefixChecksum = withFile(path, (fd) => prefixChecksumAt(fd, byte));
  if (prefixChecksum !== undefined) return { byte, prefixChecksum, after };
  throw new OrdersError("store-damaged", `${path} was cut while it was read`);
}
