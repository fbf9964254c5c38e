import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ON_WINDOWS } from "../support/needs.js";
import { runShell } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const modeOf = (path: string) => (statSync(path).mode & 0o7777).toString(8);

/** The modes of all that a store has when an order was placed and parked, and its retry requested. */
async function modes(store: string, umask: string): Promise<Record<string, string>> {
  const lock = join(temporaryDirectory(), "lock");
  const park = `ls -ld "$ORDERS_STORE/subscriptions/sales/lock" > '${lock}'; exit 65`;
  const line = `umask ${umask}
    id=$(orders place-order -q tv) &&
    orders watch --as sales --from start --until-caught-up --exec "$PARK"
    orders parked retry "$id"`;
  const { exitCode, stderr } = await runShell(line, store, {
    env: {
      PATH: process.env.PATH,
      TMPDIR: process.env.TMPDIR ?? "/tmp",
      ORDERS_STORE: store,
      PARK: park,
    },
  });
  expect(exitCode, String(stderr)).toBe(0);
  const found = readdirSync(store, { recursive: true, encoding: "utf8" }).map((name) => [
    name.replace(/[\w-]{36}/, "ID"),
    modeOf(join(store, name)),
  ]);
  return {
    store: modeOf(store),
    lock: readFileSync(lock, "utf8").slice(0, 10),
    ...Object.fromEntries(found),
  };
}

// On Windows what is in a home directory is for its user alone, and no mode says more.
describe.skipIf(ON_WINDOWS)("orders, which name customers,", () => {
  it("are for their owner alone in a store that is new; what is above it is as mkdir makes it", async () => {
    const root = temporaryDirectory();
    expect(await modes(join(root, "a/store"), "022")).toEqual({
      store: "700",
      "orders.jsonl": "600",
      subscriptions: "700",
      "subscriptions/sales/position.json": "600",
      "subscriptions/sales": "700",
      "subscriptions/sales/ID.json": "600",
      "subscriptions/sales/ID.retry": "600",
      lock: "drwx------",
    });
    expect(modeOf(join(root, "a"))).toBe("755");
  });

  it("are for their owner alone in a store that init makes", async () => {
    const store = join(temporaryDirectory(), "store");
    expect((await runShell("umask 022; orders init", store)).exitCode).toBe(0);
    expect(modeOf(store)).toBe("700");
  });

  it.each([
    ["a group that shares it", 0o770, "007", "770", "660", "drwxrwx---"],
    ["a group that may read", 0o750, "022", "750", "640", "drwxr-x---"],
    ["everybody", 0o755, "022", "755", "644", "drwxr-xr-x"],
    ["a group, but for the umask", 0o775, "077", "700", "600", "drwx------"],
    ["its owner", 0o700, "002", "700", "600", "drwx------"],
  ])(
    "are for whom a directory is that was there: %s",
    async (_, mode, umask, below, file, lock) => {
      const store = join(temporaryDirectory(), "store");
      mkdirSync(store);
      chmodSync(store, mode);
      expect(await modes(store, umask)).toEqual({
        store: mode.toString(8),
        "orders.jsonl": file,
        subscriptions: below,
        "subscriptions/sales/position.json": file,
        "subscriptions/sales": below,
        "subscriptions/sales/ID.json": file,
        "subscriptions/sales/ID.retry": file,
        lock,
      });
    },
  );

  it.runIf(process.platform === "linux")(
    "stay those of the group of a directory that passes it on",
    async () => {
      const store = join(temporaryDirectory(), "store");
      mkdirSync(store);
      chmodSync(store, 0o2770);
      expect(await modes(store, "002")).toMatchObject({
        store: "2770",
        "orders.jsonl": "660",
        subscriptions: "2770",
        "subscriptions/sales/position.json": "660",
        "subscriptions/sales": "2770",
        "subscriptions/sales/ID.json": "660",
      });
    },
  );
});
