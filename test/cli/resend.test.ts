import { beforeEach, describe, expect, it } from "vitest";
import { runCli, type World } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const TV = "403d33e9-39e5-44bc-8f5e-eab0c6f897ff";
const LAMP = "403d0000-afcb-4336-8327-0a36f33b63b9";

let store: string;
const run = (argv: readonly string[], world: World = {}) => runCli([...argv], { store, ...world });
const resend = (argv: readonly string[], world?: World) => run(["resend", ...argv], world);
const again = async (...argv: string[]) =>
  (await run(["watch", "--as", "sales", "--until-caught-up", "--json", ...argv])).stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

/** Two orders that "sales" has handled: the lamp was cancelled. */
beforeEach(async () => {
  store = temporaryDirectory();
  await run(["place-order", "-q", "--id", TV, "tv"]);
  await run(["place-order", "-q", "--id", LAMP, "lamp"]);
  await run(["cancel", "-q", LAMP]);
  await again();
});

describe("orders resend", () => {
  it("delivers what happened last to each order to the next watcher, once", async () => {
    expect(await resend(["403d33e9", LAMP.toUpperCase(), "--as", "sales"])).toEqual({
      exitCode: 0,
      stdout: `${TV}\torder-created\t["tv"]\n${LAMP}\torder-cancelled\t["lamp"]\n`,
      stderr: "",
    });
    expect((await run(["parked"])).stdout).toContain(`sales\t${TV}\t0\t`);
    expect(await again()).toMatchObject([
      { event: "order-created", id: TV },
      { event: "order-cancelled", id: LAMP },
    ]);
    expect(await again()).toEqual([]);
    expect((await run(["parked"])).stdout).toBe("");
  });

  it("delivers the event that --event names", async () => {
    const argv = [LAMP, TV, "--as", "sales", "--event"];
    expect(await resend([...argv, "order-cancelled", "-q"])).toEqual({
      exitCode: 2,
      stdout: `${LAMP}\n`,
      stderr: `orders: order ${TV} has no event order-cancelled\n`,
    });
    await again();
    expect((await resend([...argv, "order-created", "-q"])).stdout).toBe(`${LAMP}\n${TV}\n`);
    expect(await again()).toMatchObject([
      { event: "order-created", id: LAMP },
      { event: "order-created", id: TV },
    ]);
  });

  it("takes ids from stdin, and tries the others if one is wrong", async () => {
    const outcome = await resend(["-", "--as", "sales", "-q"], { stdin: `${TV}\nffff0000\n\n` });
    expect(outcome).toMatchObject({ exitCode: 4, stdout: `${TV}\n` });
    expect(outcome.stderr).toBe("orders: no order ffff0000\n");
    expect(await again()).toMatchObject([{ id: TV }]);
    const terminal = await resend(["-", "--as", "sales"], { terminal: ["stdin"] });
    expect(terminal).toMatchObject({ exitCode: 2 });
    expect(terminal.stderr).toMatch(/orders list .*\| orders resend - --as sales\n$/);
    const none = await resend(["-", "--as", "sales", "--json"], { stdin: "\n" });
    expect(none).toEqual({ exitCode: 0, stdout: "[]\n", stderr: "" });
  });

  it("leaves what was not delivered yet as it is, and says so", async () => {
    const id = (await run(["place-order", "-q", "sofa"])).stdout.trim();
    expect(await resend([id, "--as", "sales"])).toEqual({
      exitCode: 0,
      stdout: "",
      stderr: `order ${id} is waiting already\n`,
    });
    const { stdout, stderr } = await resend([id, TV, "--as", "sales", "--json"]);
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual([
      {
        subscription: "sales",
        event: "order-created",
        order: { id, items: ["sofa"], placedAt: expect.any(String) },
        waiting: true,
      },
      {
        subscription: "sales",
        event: "order-created",
        order: { id: TV, items: ["tv"], placedAt: expect.any(String) },
      },
    ]);
    expect((await again()).map((each) => each.id)).toEqual([TV, id]);
  });

  it.each([
    [4, [TV, "--as", "sale"], "orders: no subscription 'sale'\n  see orders subscriptions\n"],
    [4, ["ffff0000", "--as", "sales"], /^orders: no order ffff0000\n {2}searched /],
    [4, ["403d", "--as", "sales"], /^orders: '403d' matches more than one order\n/],
    [2, ["lamp", "--as", "sales"], /^orders: 'lamp' is not an order id\n/],
    [2, [TV], /--as/],
    [2, ["--as", "sales"], /ids/],
    [2, [TV, "--as", "sales", "--event", "created"], /--event/],
    [4, [TV, "--as", "sales", "--store", "/nowhere/orders"], /^orders: no store at /],
  ])("exits %j for %j, and resends nothing", async (code, argv, message) => {
    const { exitCode, stdout, stderr } = await resend(argv);
    expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: "" });
    expect(stderr).toMatch(message);
    expect((await run(["parked"])).stdout).toBe("");
  });
});
