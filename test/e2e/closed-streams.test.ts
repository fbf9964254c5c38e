import { describe, expect, it } from "vitest";
import { runOrders, runShell } from "../support/run-orders.js";
import { stored } from "../support/stored.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

describe.runIf(process.platform === "linux")("a closed stream", () => {
  it.each([
    ["stdin", "orders place-order tv <&-"],
    ["stdout", "orders place-order tv >&-"],
    ["stdout, the id asked for", "orders place-order -q tv >&-"],
    ["stdout, JSON asked for", "orders place-order --json tv >&-"],
    ["stderr", "orders place-order tv 2>&-"],
    ["stderr, a trace asked for", "orders place-order --trace tv 2>&-"],
    ["full stderr, a trace asked for", "orders place-order --trace tv 2>/dev/full"],
    ["all three", "orders place-order --trace tv <&- >&- 2>&-"],
    ["a reader that reads nothing", "orders place-order tv | head -0; exit $PIPESTATUS"],
    ["a reader that has gone", "orders place-order tv | true; exit $PIPESTATUS"],
    [
      "a reader of stderr that has gone",
      "orders place --trace tv 2>&1 >&- | true; exit $PIPESTATUS",
    ],
  ])("makes no difference to what is stored: %s", async (_, line) => {
    const store = temporaryDirectory();
    expect(await runShell(line, store)).toMatchObject({ exitCode: 0, stderr: "" });
    expect(stored(store)).toMatchObject([{ items: ["tv"] }]);
    expect((await runOrders(["check"], store)).stdout).toBe("1 order, no damage\n");
  });

  it("that items should come from is an order of nothing", async () => {
    const store = temporaryDirectory();
    expect(await runShell("orders place-order - <&-", store)).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: "orders: no items on stdin\n",
    });
    expect(stored(store)).toEqual([]);
  });

  it.each([["list"], ["list --json"], ["check"], ["where"], ["--help"]])(
    "is no reason for orders %s to complain",
    async (verb) => {
      const store = temporaryDirectory();
      await runOrders(["place-order", "tv"], store);
      for (const ending of [">&-", "| true; exit $PIPESTATUS", "<&-", "2>&- >&-"]) {
        const outcome = await runShell(`orders ${verb} ${ending}`, store);
        expect(outcome).toMatchObject({ exitCode: 0, stderr: "" });
      }
    },
  );

  it("that is full is an error of every verb that prints", async () => {
    const store = temporaryDirectory();
    await runOrders(["place-order", "tv"], store);
    for (const verb of ["list", "check", "where", "--help"]) {
      expect(await runShell(`orders ${verb} > /dev/full`, store)).toMatchObject({
        exitCode: 1,
        stderr: "orders: cannot write to stdout: no space left on device\n",
      });
    }
  });
});
