import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { runCli } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const NOW = "2026-01-31T10:00:00.000Z";
const IDS = [1, 2, 3, 4].map((n) => `${n}03d33e9-39e5-44bc-8f5e-eab0c6f897ff`) as [
  string,
  string,
  string,
  string,
];
const [TV, LAMP, DESK, CHAIR] = IDS;

let store: string;
const run = (argv: readonly string[], stdin?: string) =>
  runCli([...argv], { store, now: NOW, ...(stdin !== undefined && { stdin }) });
const ids = async (...argv: string[]) =>
  (await run(["list", "-q", ...argv])).stdout.split("\n").filter(Boolean);

beforeEach(async () => {
  store = temporaryDirectory();
  for (const id of IDS) await run(["place-order", "-q", "--id", id, "tv"]);
});

describe("orders done", () => {
  it("tells the sales desk once, and is a success again", async () => {
    const first = await run(["done", TV, "--note", "sent by parcel"]);
    expect(first).toMatchObject({ exitCode: 0, stderr: "" });
    expect(first.stdout).toContain(`Order Completed:\n============\nID: ${TV}\n`);
    expect(first.stdout).toContain("Completion note: sent by parcel\n");
    const again = await run(["done", "103d", "--yes", "--note", "too late"]);
    expect(again).toMatchObject({ exitCode: 0, stdout: "" });
    expect(again.stderr).toMatch(
      /^order \S+ was already done, on 2026-01-31 .*: sent by parcel\n$/,
    );
    expect(JSON.parse((await run(["done", TV, "--json"])).stdout)).toMatchObject({
      completedAt: NOW,
      completionNote: "sent by parcel",
      replayed: true,
    });
    expect((await run(["show", TV])).stdout).toContain(
      `completedAt\t${NOW}\ncompletionNote\tsent by parcel\n`,
    );
  });

  it("takes several ids, also from stdin, and leaves the rest of the work in list --open", async () => {
    expect((await run(["done", "-q", "-"], `${TV}\n${DESK}\n`)).stdout).toBe(`${TV}\n${DESK}\n`);
    await run(["cancel", "-q", CHAIR]);
    expect(await ids("--open")).toEqual([LAMP]);
    expect(await ids("--done")).toEqual([TV, DESK]);
    expect(await ids("--cancelled")).toEqual([CHAIR]);
    expect(await ids("--all")).toEqual(IDS);
    expect(await ids()).toEqual([TV, LAMP, DESK]);
    expect((await run(["list", "--done"])).stdout).toContain(`["tv"]\t${NOW}\n`);
    expect(await run(["list", "--open", "--done"])).toMatchObject({ exitCode: 2 });
    const stats = JSON.parse((await run(["stats", "--json"])).stdout);
    expect(stats.orders).toMatchObject({ total: 3, open: 1, done: 2, cancelled: 1 });
  });

  it("refuses what was cancelled, as cancel refuses what is done, and says which came first", async () => {
    await run(["cancel", "-q", TV]);
    await run(["done", "-q", LAMP]);
    for (const [verb, id, problem] of [
      ["done", TV, `cannot complete order ${TV}: already cancelled at ${NOW}`],
      ["cancel", LAMP, `cannot cancel order ${LAMP}: already done at ${NOW}`],
    ] as const) {
      const refused = await run([verb, id]);
      expect(refused).toMatchObject({ exitCode: 5, stdout: "" });
      expect(refused.stderr).toBe(
        `orders: ${problem}\n  nothing was stored; see orders show ${id}\n`,
      );
    }
    expect(await run(["done", "-q", TV, DESK])).toMatchObject({ exitCode: 5, stdout: `${DESK}\n` });
    expect(await run(["done", "nothing"])).toMatchObject({ exitCode: 2 });
    expect(await run(["done", "ffff0000"])).toMatchObject({ exitCode: 4 });
    expect(await run(["done", DESK, "--note", "x".repeat(5000)])).toMatchObject({ exitCode: 2 });
  });

  it("is watched for, and can be placed again with its id", async () => {
    await run(["done", "-q", TV, "--note", "sent"]);
    const watch = ["watch", "--as", "web", "--until-caught-up", "--event", "order-completed"];
    expect(JSON.parse((await run([...watch, "--json"])).stdout)).toMatchObject({
      event: "order-completed",
      id: TV,
      completionNote: "sent",
    });
    expect(await run(["place-order", "-q", "--id", TV, "tv"])).toMatchObject({ exitCode: 0 });
    expect(await ids("--done")).toEqual([TV]);
  });

  it.each(["csv", "json", "ndjson"])("goes to another store as %s", async (format) => {
    await run(["done", "-q", TV, "--note", "=sent"]);
    await run(["cancel", "-q", LAMP, "--reason", "no"]);
    const { stdout } = await run(["list", "--all", "--format", format]);
    const file = join(temporaryDirectory(), `orders.${format}`);
    writeFileSync(file, stdout);
    const other = temporaryDirectory();
    const imported = await runCli(["import", file, "--json"], { store: other });
    expect(JSON.parse(imported.stdout)).toMatchObject({ imported: 4, cancelled: 1, done: 1 });
    const listed = await runCli(["list", "--all", "--format", format], { store: other });
    expect(listed.stdout).toBe(stdout);
    const copied = await run(["copy", "--to", join(temporaryDirectory(), "copy"), "--json"]);
    expect(JSON.parse(copied.stdout)).toMatchObject({ copied: 4, cancelled: 1, done: 1 });
  });

  it("is not imported of an order that is cancelled", async () => {
    await run(["cancel", "-q", TV]);
    const order = { id: TV, placedAt: NOW, items: ["tv"] };
    for (const [fields, problem] of [
      [{ completedAt: NOW }, "already exists with different content"],
      [{ completedAt: NOW, cancelledAt: NOW }, "both cancelled and done"],
      [{ completionNote: "sent" }, "it has a completionNote, but no completedAt"],
    ] as const) {
      const refused = await run(["import", "-"], JSON.stringify({ ...order, ...fields }));
      expect(refused).toMatchObject({ exitCode: 2, stdout: "" });
      expect(refused.stderr).toContain(problem);
    }
  });
});
