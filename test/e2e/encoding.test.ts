import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { openStore } from "../../src/store/open-store.js";
import { all } from "../support/orders.js";
import { runShell } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

describe.runIf(process.platform === "linux")("an argument that is not UTF-8", () => {
  it.each([
    "orders place-order tv $'caf\\xe9'",
    "orders place-order -q -- $'caf\\xe9'",
    "orders place-order -q $'caf\\xe9 \\ufffd'",
    "orders list --item $'caf\\xe9'",
    "orders place-order --store $'caf\\xe9' tv",
    "orders watch --as sales --until-caught-up --exec $'echo caf\\xe9'",
    "orders copy --to $'caf\\xe9'",
    "orders show $'caf\\xe9'",
  ])("is refused: %s", async (line) => {
    const store = temporaryDirectory();
    const cwd = temporaryDirectory();
    const { exitCode, stdout, stderr } = await runShell(line, store, { cwd });
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(
      /^orders: argument '[ -~]*caf\\xe9[^\n]*' is not UTF-8\n {2}use a UTF-8 locale/,
    );
    expect(await all((await openStore(store)).list())).toEqual([]);
  });

  it("is refused in ORDERS_STORE too", async () => {
    const line = "export ORDERS_STORE=$'caf\\xe9'; orders list";
    const { exitCode, stderr } = await runShell(line, temporaryDirectory());
    expect(exitCode).toBe(2);
    expect(stderr).toContain("orders: variable 'ORDERS_STORE=caf\\xe9' is not UTF-8\n");
  });

  it("is not one that holds the replacement character itself", async () => {
    const store = join(temporaryDirectory(), "\ufffd");
    const { exitCode, stderr } = await runShell('orders place-order -q "caf\ufffd" "tv"', store);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(await all((await openStore(store)).list())).toMatchObject([
      { items: ["caf\ufffd", "tv"] },
    ]);
  });
});
