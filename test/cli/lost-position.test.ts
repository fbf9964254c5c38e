import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { encodeOrder } from "../../src/store/jsonl/lines/order-codec.js";
import { openStore } from "../../src/store/open-store.js";
import { anOrder } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { handleAll } from "../support/subscriber.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let store: string;
let file: string;
/** "sales" is behind three orders. */
beforeEach(async () => {
  store = temporaryDirectory();
  file = join(store, "orders.jsonl");
  const opened = await openStore(store);
  for (let n = 0; n < 3; n++) await opened.save(anOrder());
  await handleAll(await opened.feed(), "sales");
});

describe("orders subscriptions, after the file of orders", () => {
  it.each<[string, () => void]>([
    ["was cut", () => truncateSync(file, readFileSync(file, "utf8").indexOf("\n") + 1)],
    ["was emptied", () => truncateSync(file)],
    [
      "lost its first line",
      () => {
        const [, ...lines] = readFileSync(file, "utf8").split("\n");
        writeFileSync(file, lines.join("\n") + encodeOrder(anOrder({ items: ["a longer one"] })));
      },
    ],
    [
      "was replaced",
      () => writeFileSync(file, Array.from({ length: 9 }, () => encodeOrder(anOrder())).join("")),
    ],
  ])("%s, says that the position is lost, and counts nothing from there", async (_, change) => {
    change();
    const { exitCode, stdout, stderr } = await runCli(["subscriptions"], { store });
    expect(exitCode).toBe(6);
    expect(stdout).toMatch(/^sales\t\?\t0\t/);
    expect(stderr).toMatch(
      /^subscriptions\/sales\/position\.json: its position, byte \d+, no longer matches orders\.jsonl\n$/,
    );
    const json = await runCli(["subscriptions", "--json"], { store });
    expect(JSON.parse(json.stdout)).toMatchObject([{ name: "sales", waiting: null, parked: 0 }]);
    const reset = ["subscriptions", "reset", "sales", "--from", "start", "--yes"];
    expect((await runCli(reset, { store })).exitCode).toBe(0);
    expect((await runCli(["subscriptions"], { store })).exitCode).toBe(0);
  });

  it("grew, counts what was added", async () => {
    await (await openStore(store)).save(anOrder());
    const { exitCode, stdout, stderr } = await runCli(["subscriptions"], { store });
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout).toMatch(/^sales\t1\t0\t/);
  });
});
