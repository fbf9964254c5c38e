import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { encodeClosing, encodeOrder } from "../../src/store/jsonl/lines/order-codec.js";
import { anOrder } from "../support/orders.js";
import { runCli, type World } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const TV = anOrder({ id: "403d33e9-39e5-44bc-8f5e-eab0c6f897ff", items: ["100 inch TV"] });
const DESK = anOrder({ id: "7e67e227-afcb-4336-8327-0a36f33b63b9", items: ["desk"], for: "Ada" });
const NOW = "2026-02-01T10:00:00.000Z";

let store: string;
beforeEach(() => {
  store = temporaryDirectory();
  writeFileSync(file(), encodeOrder(TV) + encodeOrder(DESK));
});
const file = () => join(store, "orders.jsonl");
const orders = (args: string[], world: World = {}) => runCli(args, { store, now: NOW, ...world });
const cancel = (...args: string[]) => orders(["cancel", ...args]);

describe("orders cancel", () => {
  it("cancels the order whose id begins so, and prints a banner like that of a new order", async () => {
    expect(await cancel("7e67", "--reason", "too\nwide")).toMatchObject({
      exitCode: 0,
      stderr: "",
      stdout: `============\nOrder Cancelled:\n============\nID: ${DESK.id}\nItems: ['desk']\nFor: Ada\nReason: too\\nwide\n`,
    });
    expect((await orders(["list"])).stdout).toContain(TV.id);
    expect((await orders(["list", "--count"])).stdout).toBe("1\n");
    expect((await orders(["list", "--count", "--all"])).stdout).toBe("2\n");
    expect((await orders(["check"])).stdout).toBe("2 orders, no damage\n");
  });

  it("appends a line, and leaves what was there as it was", async () => {
    const before = readFileSync(file(), "utf8");
    await cancel("403d", "-q");
    const after = readFileSync(file(), "utf8");
    expect(after.startsWith(before)).toBe(true);
    expect(after.slice(before.length)).toMatch(
      new RegExp(
        `^\\{"closed":"${TV.id}","cancelledAt":"${NOW}","claim":\\{"checkedTo":${before.length},"token":"[0-9a-f]{8}"\\},"crc32":"[0-9a-f]{8}"\\}\\n$`,
      ),
    );
  });

  it("prints the id, or the order as JSON", async () => {
    expect((await cancel("403d", "--quiet")).stdout).toBe(`${TV.id}\n`);
    const { stdout } = await cancel("7e67", "--json", "--reason", "r");
    expect(JSON.parse(stdout)).toEqual({ ...DESK, cancelledAt: NOW, reason: "r" });
    expect((await orders(["show", "7e67", "--json"])).stdout).toBe(stdout);
  });

  it("says when it was done before, with exit code 0", async () => {
    await cancel("403d", "--reason", "sold\tout");
    const later = { now: "2026-02-03T10:00:00.000Z" };
    const again = await orders(["cancel", "403d", "--reason", "another"], later);
    const already = `order ${TV.id} was already cancelled, on 2026-02-01 11:00:00 +01:00: sold\\tout\n`;
    expect(again).toMatchObject({ exitCode: 0, stdout: "", stderr: already });
    expect(await orders(["cancel", "403d", "-q"], later)).toMatchObject({
      exitCode: 0,
      stdout: `${TV.id}\n`,
      stderr: already,
    });
    const { stdout, stderr } = await orders(["cancel", "403d", "--json"], later);
    expect(JSON.parse(stdout)).toEqual({
      ...TV,
      cancelledAt: NOW,
      reason: "sold\tout",
      replayed: true,
    });
    expect(stderr).toBe("");
  });

  it.each([
    [["cancel", "ffff"], 4, "orders: no order ffff\n"],
    [["cancel", "tv"], 2, "orders: 'tv' is not an order id\n"],
    [["cancel", "403d", "--reason", ""], 2, "orders: --reason is empty\n"],
  ])("cancels nothing with %j", async (args, exitCode, message) => {
    const outcome = await orders(args);
    expect(outcome).toMatchObject({ exitCode, stdout: "" });
    expect(outcome.stderr.startsWith(message)).toBe(true);
    expect((await orders(["list", "--count"])).stdout).toBe("2\n");
  });

  it("refuses a reason that is too long for the environment of a hook", async () => {
    expect(await cancel("403d", "--reason", "x".repeat(4097))).toMatchObject({
      exitCode: 2,
      stderr: "orders: cannot cancel the order: 'reason' is longer than 4096 characters\n",
    });
  });

  it("creates no store", async () => {
    const empty = join(store, "none");
    expect(await orders(["cancel", "403d"], { store: empty })).toMatchObject({ exitCode: 4 });
  });

  it("says that the order is cancelled if the banner cannot be written", async () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, write"), {
      code: "ENOSPC",
      syscall: "write",
    });
    const outcome = await orders(["cancel", "403d"], {
      write: () => {
        throw full;
      },
    });
    expect(outcome.exitCode).toBe(3);
    expect(outcome.stderr).toMatch(
      new RegExp(
        `^orders: order ${TV.id} is cancelled, but its notification failed: .*\n  see orders show ${TV.id}\n$`,
      ),
    );
    expect((await orders(["list", "--count"])).stdout).toBe("1\n");
    const several = await orders(["cancel", "7e67", TV.id, "--json"], {
      write: () => {
        throw full;
      },
    });
    expect(several).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("the orders are cancelled, but that cannot be printed: "),
    });
    expect((await orders(["list", "--count"])).stdout).toBe("0\n");
  });

  it("frees no id: the order cannot be placed again with it", async () => {
    await cancel("403d");
    const again = ["place-order", "--id", TV.id, "100 inch TV"];
    expect(await orders(again)).toMatchObject({
      exitCode: 5,
      stderr: `orders: order ${TV.id} was placed before, and cancelled at ${NOW}\n  nothing was stored; see orders show ${TV.id}\n`,
    });
  });
});

describe("orders cancel with several ids", () => {
  it("cancels each, and prints a banner for each", async () => {
    const { exitCode, stdout, stderr } = await cancel("403d", "7e67", "--reason", "closed");
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
    expect(stdout.match(/^(?:ID|Reason): .*$/gm)).toEqual([
      `ID: ${TV.id}`,
      "Reason: closed",
      `ID: ${DESK.id}`,
      "Reason: closed",
    ]);
  });

  it("cancels what can be, names each failure in a line, and ends as the first did", async () => {
    const outcome = await cancel("ffff", "403d", "tv", "403d", "7e67", "-q");
    expect(outcome).toMatchObject({
      exitCode: 4,
      stdout: `${TV.id}\n${TV.id}\n${DESK.id}\n`,
      stderr: `orders: no order ffff\norders: 'tv' is not an order id\norder ${TV.id} was already cancelled, on 2026-02-01 11:00:00 +01:00\n`,
    });
    expect((await cancel("tv", "ffff")).exitCode).toBe(2);
  });

  it("prints the cancelled orders as one JSON array, and failures as JSON, one a line", async () => {
    await cancel("7e67");
    const { exitCode, stdout, stderr } = await cancel("ffff", "403d", "7e67", "--json");
    expect(exitCode).toBe(4);
    expect(JSON.parse(stdout)).toEqual([
      { ...TV, cancelledAt: NOW },
      { ...DESK, cancelledAt: NOW, replayed: true },
    ]);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: "order-not-found" } });
    expect(await cancel("ffff", "eeee", "--json")).toMatchObject({ exitCode: 4, stdout: "[]\n" });
  });

  it("goes on after one that cannot be printed", async () => {
    let writes = 0;
    const outcome = await orders(["cancel", "403d", "7e67", "-q"], {
      write: () => {
        writes++;
        if (writes === 1) throw new Error("EIO: i/o error, write");
        return true;
      },
    });
    expect(outcome.exitCode).toBe(3);
    expect(outcome.stderr).toMatch(
      new RegExp(`^orders: order ${TV.id} is cancelled, but its notification failed: [^\n]*\n$`),
    );
    expect((await orders(["list", "--count"])).stdout).toBe("0\n");
  });

  it("reads them from stdin, one a line, and skips blank lines", async () => {
    const stdin = `\ufeff403d\r\n\n  \n${DESK.id}`;
    expect(await orders(["cancel", "-", "-q"], { stdin })).toMatchObject({
      exitCode: 0,
      stdout: `${TV.id}\n${DESK.id}\n`,
      stderr: "",
    });
    const one = await orders(["cancel", "-", "--json"], { stdin: "403d\n" });
    expect(JSON.parse(one.stdout)).toHaveLength(1);
    expect(await orders(["cancel", "-"])).toMatchObject({ exitCode: 0, stdout: "", stderr: "" });
  });

  it("takes what list -q prints", async () => {
    const { stdout: stdin } = await orders(["list", "-q", "--item", "desk"]);
    expect(stdin).toBe(`${DESK.id}\n`);
    expect((await orders(["cancel", "-", "-q"], { stdin })).stdout).toBe(stdin);
  });

  it("refuses '-' beside an id, or on a terminal", async () => {
    expect(await orders(["cancel", "-", "403d"])).toMatchObject({
      exitCode: 2,
      stderr: "orders: '-' reads ids from stdin and cannot be combined with others\n",
    });
    expect(await orders(["cancel", "-"], { terminal: ["stdin"] })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(
        /^orders: '-' reads ids from stdin, which is a terminal\n {2}give/,
      ),
    });
  });
});

describe("orders cancel on a terminal", () => {
  const terminal = ["stdin", "stdout", "stderr"] as const;
  const count = async () => (await orders(["list", "--count"])).stdout.trimEnd();

  it("asks if an id is shorter than eight digits, and changes nothing unless told yes", async () => {
    const question = `Cancel ${TV.id} (100 inch TV)? [y/N] `;
    expect(
      await orders(["cancel", "403d33e", "--no-color"], { terminal, stdin: "\n" }),
    ).toMatchObject({
      exitCode: 2,
      stdout: "",
      stderr: `${question}orders: not confirmed; nothing was changed\n`,
    });
    expect(await count()).toBe("2");
    const yes = await orders(["cancel", "403d"], { terminal, stdin: "y\n" });
    expect(yes).toMatchObject({ exitCode: 0, stderr: question });
    expect(await count()).toBe("1");
  });

  it("asks once for several, and not for an id of eight digits, with --yes, or for what is cancelled", async () => {
    const both = await orders(["cancel", "403d", "7e67"], { terminal, stdin: "n\n" });
    expect(both.stderr).toContain(`Cancel ${TV.id} (100 inch TV), ${DESK.id} (desk)? [y/N] `);
    expect(await count()).toBe("2");
    expect(await orders(["cancel", "403d33e9"], { terminal })).toMatchObject({ stderr: "" });
    expect(await orders(["cancel", "7e67", "--yes"], { terminal })).toMatchObject({ stderr: "" });
    expect(await count()).toBe("0");
    expect((await orders(["cancel", "403d"], { terminal })).exitCode).toBe(0);
  });
});

describe("a cancelled order", () => {
  beforeEach(() => cancel("403d", "--reason", "sold out"));

  it("is marked in a table, and has a time in every format, with --all", async () => {
    const world = { terminal: ["stdout"] as const };
    const table = await orders(["list", "--all", "--no-color"], world);
    expect(table.stdout).toContain("(cancelled) 100 inch TV\n");
    expect((await orders(["list", "--no-color"], world)).stdout).not.toContain("100 inch TV");
    const tsv = await orders(["list", "--all"]);
    expect(tsv.stdout.split("\n").map((line) => line.split("\t")[3])).toEqual([NOW, "", undefined]);
    const csv = await orders(["list", "--all", "--format", "csv"]);
    expect(csv.stdout.split("\n")[1]).toMatch(new RegExp(`,,,${NOW},sold out,,$`));
    const json = await orders(["list", "--all", "--json"]);
    expect(JSON.parse(json.stdout)).toEqual([
      { ...TV, cancelledAt: NOW, reason: "sold out" },
      DESK,
    ]);
  });

  it("is shown with when and why", async () => {
    const card = await orders(["show", "403d"], { terminal: ["stdout"] });
    expect(card.stdout).toMatch(
      /^Cancelled {2}2026-02-01 11:00:00 \+01:00\nReason {5}sold out\n$/m,
    );
    const fields = await orders(["show", "403d"]);
    expect(fields.stdout).toContain(`\ncancelledAt\t${NOW}\nreason\tsold out\n`);
  });

  it("is not counted by stats", async () => {
    const { stdout } = await orders(["stats", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ orders: { total: 1 }, items: [{ item: "desk" }] });
  });

  it("is watched as it was placed, and then as it was cancelled", async () => {
    const watch = ["watch", "--as", "a", "--until-caught-up"];
    const lines = (await orders([...watch, "--json"])).stdout.trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([
      { event: "order-created", ...TV },
      { event: "order-created", ...DESK },
      { event: "order-cancelled", ...TV, cancelledAt: NOW, reason: "sold out" },
    ]);
    const banners = await orders(["watch", "--as", "b", "--until-caught-up"]);
    expect(banners.stdout.match(/^(New Order|Order Cancelled):$/gm)).toEqual([
      "New Order:",
      "New Order:",
      "Order Cancelled:",
    ]);
    const ids = await orders(["watch", "--as", "c", "--until-caught-up", "-q"]);
    expect(ids.stdout).toBe(`${TV.id}\n${DESK.id}\n`);
    expect((await orders(["subscriptions", "--json"])).stdout).toMatch(/"waiting":0.*"waiting":0/);
  });
});

describe("a line that cancels an order", () => {
  it("is damage if its order is not there, or it is the second", async () => {
    const cancellation = encodeClosing({ id: TV.id, cancelledAt: NOW });
    const lost = encodeClosing({ id: DESK.id, cancelledAt: NOW });
    writeFileSync(file(), lost + encodeOrder(TV) + cancellation + cancellation);
    const { exitCode, stderr } = await orders(["check"]);
    expect(exitCode).toBe(6);
    expect(stderr).toBe(
      `orders.jsonl:4: order ${TV.id} is closed twice\norders.jsonl:1: it closes order ${DESK.id}, which is not there\n`,
    );
    const watched = await orders(["watch", "--as", "sales", "--until-caught-up", "--json"]);
    expect(watched.stdout.trimEnd().split("\n")).toHaveLength(2);
    expect(watched.stderr).toContain("orders.jsonl:1: it closes order");
  });

  it("holds wherever it stands", async () => {
    const cancellation = encodeClosing({ id: TV.id, cancelledAt: NOW });
    writeFileSync(file(), cancellation + encodeOrder(TV) + encodeOrder(DESK));
    expect((await orders(["check"])).stdout).toBe("2 orders, no damage\n");
    for (const options of [[], ["--reverse"], ["--limit", "2"], ["--since", "2020-01-01"]]) {
      const listed = await orders(["list", "--json", ...options]);
      expect(JSON.parse(listed.stdout)).toEqual([DESK]);
    }
    expect((await orders(["list", "--count"])).stdout).toBe("1\n");
    expect((await orders(["show", TV.id])).stdout).toContain("cancelledAt\t");
  });

  it("is read if it was torn before, or follows a fragment", async () => {
    const whole = encodeClosing({ id: TV.id, cancelledAt: NOW });
    writeFileSync(file(), encodeOrder(TV) + whole.slice(0, 60));
    expect((await orders(["list", "--count"])).stdout).toBe("1\n");
    appendFileSync(file(), whole);
    expect((await orders(["list", "--count"])).stdout).toBe("0\n");
    await orders(["place-order", "next"]);
    expect((await orders(["list", "--count"])).stdout).toBe("1\n");
    expect((await orders(["check"])).stdout).toBe("2 orders, no damage\n");
  });

  it("can be written by hand, without a checksum", async () => {
    appendFileSync(file(), `{"closed":"${TV.id}","cancelledAt":"${NOW}","reason":"by hand"}\n`);
    expect((await orders(["show", "403d"])).stdout).toContain("reason\tby hand\n");
    appendFileSync(file(), `{"closed":"${DESK.id}","cancelledAt":"${NOW}","because":"?"}\n`);
    const { stdout, stderr } = await orders(["list", "--count"]);
    expect({ stdout, stderr }).toEqual({
      stdout: "1\n",
      stderr: expect.stringContaining("closes no order: unknown field 'because'"),
    });
  });
});

describe("a line of a kind that this version does not know", () => {
  it("is named as what a newer version wrote, and hides no order", async () => {
    const { crc32OfText, hexOf } = await import("../../src/store/records/crc32.js");
    const open = `{"returned":"${TV.id}"`;
    appendFileSync(file(), `${open},"crc32":"${hexOf(crc32OfText(open))}"}\n`);
    const { exitCode, stdout, stderr } = await orders(["list", "--json"]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 6,
      stderr: expect.stringContaining("orders.jsonl:3: written by a newer version of orders"),
    });
    expect(JSON.parse(stdout)).toEqual([TV, DESK]);
  });
});
