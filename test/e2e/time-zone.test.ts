import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import { ON_WINDOWS } from "../support/needs.js";
import { anOrder } from "../support/orders.js";
import { environment, runOrders, STANDALONE } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

async function inZone(zone: string, argv: readonly string[], store = temporaryDirectory()) {
  const env = { ...environment(store), TZ: zone };
  const { exitCode, stdout, stderr } = await runOrders(argv, store, { env });
  return { exitCode, stdout, stderr };
}
/** What the runtimes take differently: see docs/standalone.md. */
const [unknownToNode, unknownToBun] = [["europe/berlin"], ["EST5"]];
const zoneHint =
  "  set TZ to a name such as Europe/Berlin, or add a zone to the time: 2026-01-31T09:30Z\n";

describe("a time zone", () => {
  it.each([
    "Mars/Phobos",
    "Berlin",
    "CET-1CEST,M3.5.0,M10.5.0/3",
    ...(STANDALONE ? unknownToBun : unknownToNode),
  ])("that is not known, %s, is not taken for UTC", async (zone) => {
    const refused = {
      exitCode: 2,
      stdout: "",
      stderr: `orders: unknown time zone '${zone}' in TZ\n${zoneHint}`,
    };
    for (const argv of [
      ["list", "--since", "2026-01-31"],
      ["list", "--until", "yesterday"],
      ["watch", "--from", "2026-01-31T09:30", "--until-caught-up"],
    ]) {
      expect(await inZone(zone, argv)).toEqual(refused);
    }
    expect(await inZone(zone, ["list", "--format", "table"])).toMatchObject({
      exitCode: 0,
      stderr: `unknown time zone '${zone}' in TZ: times may be in UTC\n`,
    });
  });

  it("that is not known does not matter where no local time is", async () => {
    for (const argv of [
      ["place-order", "-q", "tv"],
      ["list"],
      ["list", "--since", "2d", "--until", "2026-01-31T09:30Z"],
      ["check"],
    ]) {
      expect(await inZone("Mars/Phobos", argv)).toMatchObject({ exitCode: 0, stderr: "" });
    }
  });

  it.each([
    "Europe/Berlin",
    ...(ON_WINDOWS ? [] : [":Europe/Berlin"]), // POSIX alone has this form
    "UTC",
    "UTC0",
    "GMT",
    "EST5EDT",
    ...(STANDALONE ? unknownToNode : ON_WINDOWS ? [] : unknownToBun),
    "Africa/Abidjan",
    "",
    " ",
  ])("that is known, '%s', is no reason for a warning", async (zone) => {
    const argv = ["list", "--format", "table", "--since", "2026-01-31"];
    expect(await inZone(zone, argv)).toEqual({ exitCode: 0, stdout: "", stderr: "" });
  });

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
