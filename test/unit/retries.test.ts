import { utimesSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { Parking } from "../../src/store/jsonl/parking.js";
import { Retries } from "../../src/store/jsonl/retries.js";
import { anOrder } from "../support/orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** Counts how often it is read. */
class CountedParking extends Parking {
  reads = 0;

  override list() {
    this.reads++;
    return super.list();
  }
}

const order = anOrder();
let parking: CountedParking;
let retries: Retries;
beforeEach(() => {
  parking = new CountedParking(temporaryDirectory(), "sales", () => {});
  retries = new Retries(parking);
});
const parkedLongAgo = () => {
  parking.park(order, 1, "out of paper");
  utimesSync(parking.directory, 1_000_000, 1_000_000);
};

describe("what is to be tried again", () => {
  it("is not read again for each order while nothing is parked, retried or dropped", () => {
    parkedLongAgo();
    for (let orders = 0; orders < 3; orders++) expect(retries.next()).toBeUndefined();
    expect(parking.reads).toBe(1);
  });

  it("is found once somebody asks for it, however soon after the last look", () => {
    parkedLongAgo();
    expect(retries.next()).toBeUndefined();
    parking.requestRetry(order.id);
    expect(retries.next()).toMatchObject({ order, attempt: 2 });
    expect(retries.next()).toBeUndefined();
  });

  it("is found if it is asked for in the moment in which it was parked", () => {
    for (let round = 0; round < 100; round++) {
      parking.park(order, 1, "out of paper");
      retries = new Retries(parking);
      expect(retries.next()).toBeUndefined();
      parking.requestRetry(order.id);
      expect(retries.next()).toMatchObject({ order, attempt: 2 });
    }
  });

  it("is nothing where nothing was ever parked", () => {
    expect(retries.next()).toBeUndefined();
  });
});
