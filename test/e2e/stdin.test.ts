import { existsSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { runShell } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const TOO_LONG =
  "orders: stdin is longer than an order can be: 16 MiB\n  nothing was stored; place several orders\n";

describe.skipIf(process.platform === "win32")("orders place-order -", () => {
  it.each([
    ["lines without end", "orders place-order - < <(yes tv 2> /dev/null)"],
    ["a line without end", "orders place-order - < <(tr '\\0' x < /dev/zero 2> /dev/null)"],
    ["a device without end", "orders place-order - < /dev/zero"],
    [
      "a sparse file of a gigabyte",
      'dd if=/dev/null of="$TMPDIR/f" bs=1048576 seek=1024 2> /dev/null && orders place-order - < "$TMPDIR/f"',
    ],
  ])("stops reading %s", async (_, line) => {
    const store = temporaryDirectory();
    const env = { PATH: process.env.PATH, ORDERS_STORE: store, TMPDIR: store };
    const { exitCode, stdout, stderr } = await runShell(line, store, { env });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 2, stdout: "", stderr: TOO_LONG });
    expect(existsSync(join(store, "orders.jsonl"))).toBe(false);
  });

  it.each([
    ["a directory", "orders place-order - < /"],
    ["nothing", "orders place-order - < /dev/null"],
    ["a closed stdin", "orders place-order - <&-"],
    ["a stdin that can only be written", "orders place-order - 0> /dev/null"],
  ])("says in one line that it cannot read %s", async (_, line) => {
    const store = temporaryDirectory();
    const { exitCode, stdout, stderr } = await runShell(line, store);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(
      /^orders: (?:no items on stdin|cannot read the items from stdin: .+)\n$/,
    );
  });
});
