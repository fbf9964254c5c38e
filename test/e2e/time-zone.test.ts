import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import { anOrder } from "../support/orders.js";
import { environment, runOrders } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

async function inZone(zone: string, argv: readonly string[], store = temporaryDirectory()) {
  const env = { ...environment(store), TZ: zone };
  const { exitCode, stdout, stderr } = await runOrders(argv, store, { env });
  return { exitCode, stdout, stderr };
}

describe("a time zone", () => {
  it("west of Greenwich finds everything until the last day that an order can have", async () => {
    const store = temporaryDirectory();
    const first = anOrder({ placedAt: "0000-01-01T00:00:00.000Z" });
    const last = anOrder({ placedAt: "9999-12-31T23:59:59.999Z" });
    const opened = await openStore(store);
    for (const order of [first, last]) await opened.save(order);
    for (const zone of ["America/Los_Angeles", "UTC", "Asia/Tokyo"]) {
      const found = await inZone(zone, ["list", "--count", "--since", "0000-01-01"], store);
      const until = await inZone(zone, ["list", "--count", "--until", "9999-12-31"], store);
      expect([zone, found.stdout, until.stdout]).toEqual([
        zone,
        zone === "America/Los_Angeles" ? "1\n" : "2\n",
        zone === "Asia/Tokyo" ? "1\n" : "2\n",
      ]);
    }
  });

  it("takes a time back that its table printed", async () => {
    const store = temporaryDirectory();
    const opened = await openStore(store);
    await opened.save(anOrder({ placedAt: "2026-10-25T01:30:59.999Z" })); // the second 2:30
    const table = await inZone("Europe/Berlin", ["list", "--format", "table"], store);
    const time = /\n(\S+ \S+)/.exec(String(table.stdout))?.[1] ?? "";
    expect(time).toBe("2026-10-25 02:30");
    for (const option of ["--since", "--until"]) {
      const found = await inZone("Europe/Berlin", ["list", "--count", option, time], store);
      expect(found.stdout).toBe("1\n");
    }
  });
});
