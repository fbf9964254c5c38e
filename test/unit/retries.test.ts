import { beforeEach, describe, expect, it, vi } from "vitest";
import { Parking } from "../../src/store/jsonl/subscriptions/parking.js";
import { Retries } from "../../src/store/jsonl/subscriptions/retries.js";
import { countIo } from "../support/count-io.js";
import { anOrder } from "../support/orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let parking: Parking;
let retries: Retries;
beforeEach(() => {
  parking = new Parking(temporaryDirectory(), "sales", () => {});
  retries = new Retries(parking);
});

describe("the parked orders that are to be delivered again", () => {
  it("are found however soon after they were parked they are asked for", () => {
    for (let round = 0; round < 100; round++) {
      const order = anOrder();
      parking.park({ event: "order-created", order }, 1, "out of paper");
      expect(retries.next()).toBeUndefined();
      parking.requestRetry(order.id);
      expect(retries.next()).toMatchObject({ order, attempt: 2 });
      expect(retries.next()).toBeUndefined();
    }
  });

  it("are found by the next subscriber, also if they were asked for while nobody was there", () => {
    const order = anOrder();
    parking.park({ event: "order-created", order }, 1, "out of paper");
    parking.requestRetry(order.id);
    expect(new Retries(parking).next()).toMatchObject({ order, attempt: 2 });
  });

  it("are found by a subscriber that begins while they are asked for", () => {
    const order = anOrder();
    parking.park({ event: "order-created", order }, 1, "out of paper");
    const begun: Retries[] = [];
    const begin = vi.spyOn(parking, "update").mockImplementation((...args) => {
      begun.push(new Retries(parking));
      begin.mockRestore();
      return parking.update(...args);
    });
    parking.requestRetry(order.id);
    expect(begun[0]?.next()).toMatchObject({ order, attempt: 2 });
  });

  it("are none where nothing was ever parked", () => {
    expect(retries.next()).toBeUndefined();
  });

  it("are read once each, however many others are parked", async () => {
    const orders = Array.from({ length: 300 }, () => anOrder());
    const looking = await countIo(() => {
      for (const order of orders) {
        parking.park({ event: "order-created", order }, 1, "out of paper");
        expect(retries.next()).toBeUndefined();
      }
    });
    expect(looking.files).toBe(0);
    const retrying = await countIo(async () => {
      for (const order of orders) {
        parking.requestRetry(order.id);
        const delivery = retries.next();
        expect(delivery?.order).toEqual(order);
        await delivery?.ack();
      }
    });
    expect(retrying.files).toBeLessThanOrEqual(4 * orders.length);
    expect(parking.list()).toEqual([]);
  });
});
