import { expect } from "vitest";
import type { Order } from "../../src/domain/order.js";
import { runCli } from "./run-cli.js";

/** The orders of a store, as `orders list` shows them. */
export async function listOrders(store: string): Promise<Order[]> {
  const { exitCode, stdout, stderr } = await runCli(["list", "--json"], { store });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  return JSON.parse(stdout);
}

/**
 * Expects that every acknowledged order is in the store once and whole, that nothing else is wrong
 * with it but a torn last line, and that the next order can be placed at once.
 *
 * @returns whether the last line was torn.
 */
export async function expectNothingLost(
  store: string,
  acknowledged: readonly string[],
): Promise<boolean> {
  const torn = await expectNoDamage(store);
  const before = (await listOrders(store)).map(({ id }) => id);
  const found = new Set(before);
  expect(found.size).toBe(before.length);
  expect(acknowledged.filter((id) => !found.has(id))).toEqual([]);
  const { exitCode, stdout, stderr } = await runCli(["place-order", "-q", "the next"], { store });
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const after = await listOrders(store);
  expect(after.map(({ id }) => id)).toEqual([...before, stdout.trimEnd()]);
  expect(await expectNoDamage(store)).toBe(false);
  return torn;
}

async function expectNoDamage(store: string): Promise<boolean> {
  const { exitCode, stdout } = await runCli(["check", "--json"], { store });
  const { damage, notes } = JSON.parse(stdout);
  expect({ exitCode, damage }).toEqual({ exitCode: 0, damage: [] });
  for (const { kind } of notes) expect(kind).toBe("torn-line");
  return notes.length > 0;
}
