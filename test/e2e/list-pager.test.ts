import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { encodeOrder } from "../../src/store/jsonl/lines/order-codec.js";
import { atTerminal } from "../support/at-terminal.js";
import { has } from "../support/needs.js";
import { anOrder } from "../support/orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { until } from "../support/until.js";

let store: string;
beforeEach(() => {
  store = temporaryDirectory();
});
/** Saves orders of tv 1, tv 2 and so on, with something that is not ASCII. */
const save = (count: number) => {
  const orders = Array.from({ length: count }, (_, index) =>
    encodeOrder(anOrder({ items: [`tv ${index + 1}`, "büro chair"] })),
  );
  appendFileSync(join(store, "orders.jsonl"), orders.join(""));
};
const list = (words: string, env: Record<string, string> = {}) =>
  atTerminal(`list ${words}`, { store, env, rows: 10, columns: 60 });
const SAVED = "sed s/^/paged:/";

describe.runIf(process.platform === "linux")("the pager of orders list", () => {
  describe.runIf(has("less", "apt-get install less"))("less", () => {
    it("shows a page and how to go on, the next one and the end, and leaves with exit code 0", async () => {
      save(12);
      const terminal = list("");
      await terminal.shows("space: more q: quit");
      terminal.type(" ");
      await terminal.shows("(end) q: quit");
      terminal.type("q");
      const { exitCode, stdout } = await terminal.ended;
      expect(exitCode).toBe(0);
      expect(stdout).toContain("tv 12, büro chair");
      expect(stdout).toContain("12 orders");
      expect(stdout).not.toContain("orders:");
    });

    it("is left in the middle without an error, however much is left", async () => {
      save(30_000);
      const terminal = list("");
      await terminal.shows("space: more");
      terminal.type("q");
      const { exitCode, stdout } = await terminal.ended;
      expect(exitCode).toBe(0);
      expect(stdout).not.toMatch(/orders:|EPIPE|tv 29999/);
    });

    it("is not ended by Ctrl-C, but orders is once it was left", async () => {
      save(30_000);
      const terminal = list("");
      await terminal.shows("space: more");
      terminal.type("\x03");
      // It forgets what was typed before it has noticed: whoever sees no new page types again.
      await until(() => {
        terminal.type(" ");
        return terminal.screen().includes("tv 16,");
      });
      terminal.type("q");
      const { exitCode, stdout } = await terminal.ended;
      expect(exitCode).toBe(130);
      expect(stdout).not.toMatch(/orders:|EPIPE/);
    });

    it("shows damage after it was left, where it can be read", async () => {
      save(20);
      writeFileSync(join(store, "orders.jsonl"), "nonsense\n", { flag: "a" });
      const terminal = list("");
      await terminal.shows("space: more");
      terminal.type("q");
      const { exitCode, stdout } = await terminal.ended;
      expect(exitCode).toBe(6);
      expect(stdout.replace(/.*q: quit/s, "")).toContain("orders.jsonl:21: not an order");
    });
  });

  it("is not started for what fits the terminal", async () => {
    save(6); // and the day, a blank line, the count, and a line for the prompt
    const { exitCode, stdout } = await list("", { PAGER: SAVED }).ended;
    expect({ exitCode, paged: stdout.includes("paged:") }).toEqual({ exitCode: 0, paged: false });
    save(1);
    expect((await list("", { PAGER: SAVED }).ended).stdout).toContain("paged:7 orders");
  });

  it.each<[string, Record<string, string>, boolean]>([
    ["", { PAGER: SAVED }, true],
    ["", { ORDERS_PAGER: SAVED, PAGER: "false" }, true],
    ["--fields items", { PAGER: SAVED }, true],
    ["", { PAGER: SAVED, TERM: "dumb" }, true],
    ["", { TERM: "dumb" }, false],
    ["", { ORDERS_PAGER: "", PAGER: SAVED }, false],
    ["", { ORDERS_PAGER: "cat", PAGER: SAVED }, false],
    ["", { PAGER: "" }, false],
    ["--no-pager", { PAGER: SAVED }, false],
    ["--json", { PAGER: SAVED }, false],
    ["--format ndjson", { PAGER: SAVED }, false],
    ["--format csv", { PAGER: SAVED }, false],
    ["--format tsv", { PAGER: SAVED }, false],
    ["| cat", { PAGER: SAVED }, false],
  ])("with list %s and %j: %j", async (words, env, isPaged) => {
    save(20);
    const { exitCode, stdout } = await list(words, env).ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain("tv 20");
    expect(stdout.includes("paged:")).toBe(isPaged);
  });

  it("is not started to count", async () => {
    save(20);
    expect((await list("--count", { PAGER: SAVED }).ended).stdout).toBe("20");
  });

  it("that ends on Ctrl-C leaves exit code 130, and no error", async () => {
    save(30_000);
    const ready = join(store, "ready");
    const terminal = list("", { PAGER: `touch ${ready}; exec sleep 1000` });
    await until(() => existsSync(ready));
    terminal.type("\x03");
    const { exitCode, stdout } = await terminal.ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: 130, stdout: "^C" });
  });

  it("that cannot be run is named, and the orders are printed all the same", async () => {
    save(20);
    const { exitCode, stdout } = await list("", { PAGER: "no-such-pager -R" }).ended;
    expect(exitCode).toBe(0);
    expect(stdout).toContain("20 orders");
    expect(stdout).toContain(
      "cannot run the pager no-such-pager: not found; set ORDERS_PAGER or use --no-pager",
    );
  });

  it("gets the options that git gives less, unless LESS is set", async () => {
    save(20);
    const options = join(store, "options");
    const env = { PAGER: `echo "$LESS" > ${options}; cat > /dev/null` };
    await list("", env).ended;
    expect(readFileSync(options, "utf8")).toMatch(/^FRX /);
    await list("", { ...env, LESS: "S" }).ended;
    expect(readFileSync(options, "utf8")).toBe("S\n");
  });
});
