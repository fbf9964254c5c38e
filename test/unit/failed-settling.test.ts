import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import { ON_WINDOWS } from "../support/needs.js";
import { anOrder } from "../support/orders.js";
import { handleAll, ordersOf, subscribed } from "../support/subscriber.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** A delivery of "sales", whose position cannot be written until that is mended. */
async function failing() {
  const directory = temporaryDirectory();
  const store = await openStore(directory);
  const order = anOrder();
  await store.save(order);
  const feed = await store.feed();
  const sales = await subscribed(feed, "sales");
  const delivery = await sales.take();
  const file = join(directory, "subscriptions/sales/position.json");
  const whole = readFileSync(file);
  writeFileSync(file, "nonsense");
  const mend = () => writeFileSync(file, whole);
  const subscriptions = await store.subscriptions();
  return { directory, order, feed, sales, delivery, mend, subscriptions };
}

const DAMAGED = { code: "store-damaged" };

describe("a delivery whose acknowledgement failed", () => {
  it("can be acknowledged again", async () => {
    const { delivery, feed, sales, mend, subscriptions } = await failing();
    await expect(delivery.ack()).rejects.toMatchObject(DAMAGED);
    await expect(delivery.ack()).rejects.toMatchObject(DAMAGED);
    mend();
    await delivery.ack();
    expect(await subscriptions.list()).toMatchObject([{ waiting: 0 }]);
    await sales.end();
    expect(await handleAll(feed, "sales")).toEqual([]);
  });

  it("can be returned and tried again", async () => {
    const { delivery, order, sales, mend, subscriptions } = await failing();
    await expect(delivery.ack()).rejects.toMatchObject(DAMAGED);
    mend();
    await delivery.nack();
    const again = await sales.take();
    expect(again).toMatchObject({ order, attempt: 2 });
    await again.ack();
    expect(await subscriptions.list()).toMatchObject([{ waiting: 0 }]);
    await sales.end();
  });

  it("can be parked instead", async () => {
    const { delivery, order, sales, mend, subscriptions } = await failing();
    await expect(delivery.ack()).rejects.toMatchObject(DAMAGED);
    mend();
    await delivery.park("out of paper");
    expect(ordersOf(await subscriptions.parked())).toEqual([order]);
    expect(await subscriptions.list()).toMatchObject([{ waiting: 0 }]);
    await sales.end();
  });

  it.skipIf(ON_WINDOWS)(
    "is neither acknowledged nor parked where its store was moved from",
    async () => {
      const { delivery, directory, sales } = await failing();
      renameSync(directory, `${directory}-moved`);
      onTestFinished(() => rmSync(`${directory}-moved`, { recursive: true }));
      await expect(delivery.ack()).rejects.toMatchObject(DAMAGED);
      await expect(delivery.park("out of paper")).rejects.toMatchObject({
        ...DAMAGED,
        message: `the store was moved or removed: ${directory}`,
      });
      expect(existsSync(directory)).toBe(false);
      await sales.end().catch(() => {});
    },
  );
});
