import { cpSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import { anOrder } from "../support/orders.js";
import { subscribed } from "../support/subscriber.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** A subscriber to a directory with so many orders, and the attempts that the next one sees if it crashes now. */
async function subscriber(orders: number, batch: number) {
  const directory = temporaryDirectory();
  const store = await openStore(directory);
  for (let n = 0; n < orders; n++) await store.save(anOrder());
  const sales = await subscribed(await store.feed(), "sales", { batch });
  const attemptsAfterCrash = async () => {
    const copy = join(temporaryDirectory(), "copy");
    cpSync(directory, copy, {
      recursive: true,
      filter: (path) => !/lock$/.test(path), // a crash frees it
    });
    const next = await subscribed(await (await openStore(copy)).feed(), "sales", { batch });
    const attempts: number[] = [];
    for (let n = 0; n < batch; n++) attempts.push((await next.take()).attempt);
    await next.end();
    return attempts;
  };
  return { sales, attemptsAfterCrash };
}

describe("an attempt at an order in a directory is on file before the order is delivered", () => {
  it("for the first time", async () => {
    const { sales, attemptsAfterCrash } = await subscriber(1, 1);
    await sales.take();
    expect(await attemptsAfterCrash()).toEqual([2]);
    await sales.end();
  });

  it("again, once it was returned", async () => {
    const { sales, attemptsAfterCrash } = await subscriber(1, 1);
    await (await sales.take()).nack();
    await sales.take();
    expect(await attemptsAfterCrash()).toEqual([3]);
    await sales.end();
  });

  it("in a batch of which one was returned", async () => {
    const { sales, attemptsAfterCrash } = await subscriber(3, 3);
    const [, second] = [await sales.take(), await sales.take(), await sales.take()];
    await second.nack();
    await sales.take();
    expect(await attemptsAfterCrash()).toEqual([2, 3, 2]);
    await sales.end();
  });
});
