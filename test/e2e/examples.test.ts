import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { execa } from "execa";
import { describe, expect, it, onTestFinished } from "vitest";
import type { Order } from "../../src/domain/order.js";
import { ROOT, runOrders } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { until } from "../support/until.js";

const example = (name: string, ...argv: string[]) =>
  execa(process.execPath, [join("docs/examples", name), ...argv], { cwd: ROOT });
const listed = async (store: string): Promise<Order[]> =>
  JSON.parse(String((await runOrders(["list", "--json"], store)).stdout));
const withoutIds = (text: string) => text.replace(/[0-9a-f-]{36}/g, "<id>").split("\n");

describe("the example of a second subscriber", () => {
  it("hears of orders without the rest knowing of it", async () => {
    const { stdout } = await example("stock-keeper.mjs");
    expect(withoutIds(stdout)).toEqual([
      "ID: <id>",
      "Items: ['100 inch TV', 'magic carpet']",
      "Reserved: 100 inch TV, 1 left",
      "Reserved: magic carpet, 0 left",
      "ID: <id>",
      "Items: ['magic carpet']",
      "notification-failed: reserveStock: no magic carpet in stock",
    ]);
  });
});

describe("the exercises", () => {
  it.each([
    ["1-event.mjs", "buy: magic carpet, 1 left"],
    ["2-handler.mjs", "2 × for Ada\n1 × for cash"],
    ["3-policy.mjs", "handled: desk for Ada\nparked: lamp, it is for nobody"],
    ["4-store.mjs", "lamp: sold out\ndesk: open"],
  ])("have a solution: %s", async (name, output) => {
    expect((await example(join("../exercises", name))).stdout).toBe(output);
  });
});

describe("the example of a web handler", () => {
  it("places an order once, however often it is asked with the same key", async () => {
    const { post, store } = await webShop();
    const order = { items: ["100 inch TV"], for: "Ada", note: "by noon" };
    const key = randomUUID();
    const answers = await Promise.all([post(order, key), post(order, key), post(order, key)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 201]);
    for (const { body } of answers) expect(body.order).toMatchObject({ id: key, ...order });
    expect(await listed(store)).toMatchObject([order]);
  });

  it("takes the key in the form of the header's draft too: quoted", async () => {
    const { post } = await webShop();
    const key = randomUUID();
    expect(await post({ items: ["tv"] }, `"${key.toUpperCase()}"`)).toMatchObject({
      status: 201,
      body: { order: { id: key } },
    });
  });

  it("refuses what is no order, and the key of another one", async () => {
    const { post, store } = await webShop();
    const key = randomUUID();
    await post({ items: ["tv"] }, key);
    const answers = [
      await post({ items: ["two tvs"] }, key),
      await post({ items: [] }, randomUUID()),
      await post({}, randomUUID()),
      await post(null, randomUUID()),
      await post({ items: ["tv"] }, "1"),
      await post({ items: ["tv"] }, undefined),
      await post("{", randomUUID()),
      await post({ items: ["x".repeat(70_000)] }, randomUUID()),
    ];
    expect(answers.map(({ status }) => status)).toEqual([422, 400, 400, 400, 400, 400, 400, 413]);
    for (const { body } of answers) expect(body.error).toMatch(/./);
    expect(await listed(store)).toHaveLength(1);
  });

  it("answers that it may work later if its store cannot be reached", async () => {
    const { post } = await webShop("nats://127.0.0.1:1?timeout=1");
    expect(await post({ items: ["tv"] }, randomUUID())).toEqual({
      status: 503,
      body: { error: "please ask again" },
    });
  });

  it.skipIf(process.platform === "win32")("ends when it is told to", async () => {
    const { shop } = await webShop();
    shop.kill("SIGTERM");
    expect(await shop).toMatchObject({ exitCode: 0 });
  });
});

describe("the example of a worker on a subscription", () => {
  it("hears of orders that others placed, once", async () => {
    const store = temporaryDirectory();
    await runOrders(["place-order", "100 inch TV", "magic carpet"], store);
    const desk = () => example("sales-desk.mjs", store, "--until-caught-up");
    expect(withoutIds((await desk()).stdout)).toEqual([
      "New Order:",
      "ID: <id>",
      "Items: ['100 inch TV', 'magic carpet']",
      "Reserved: 100 inch TV, magic carpet",
    ]);
    expect((await desk()).stdout).toBe("");
    const [order] = await listed(store);
    await runOrders(["cancel", order?.id ?? ""], store);
    expect(withoutIds((await desk()).stdout)).toEqual([
      "Order Cancelled:",
      "ID: <id>",
      "Items: ['100 inch TV', 'magic carpet']",
      "Released: 100 inch TV, magic carpet",
    ]);
  });

  it("hears of an order from the web while it runs, and ends when it is told to", async () => {
    const { post, store } = await webShop();
    await post({ items: ["lamp"] }, randomUUID());
    const desk = example("sales-desk.mjs", store);
    desk.catch(() => {}); // killed
    onTestFinished(() => void desk.kill("SIGKILL"));
    let heard = "";
    desk.stdout.on("data", (text) => {
      heard += text;
    });
    await until(() => heard.includes("Reserved: lamp"));
    await post({ items: ["desk"] }, randomUUID());
    await until(() => heard.includes("Reserved: desk"));
    desk.kill("SIGTERM");
    if (process.platform !== "win32") expect(await desk).toMatchObject({ exitCode: 0 });
  });
});

interface Answer {
  readonly order?: Order;
  readonly error?: string;
}

/** The web shop, on a port that is free and a store of its own; killed when the test ends. */
async function webShop(store = join(temporaryDirectory(), "orders")) {
  const shop = example("web-shop.mjs", store, "0");
  onTestFinished(() => void shop.kill("SIGKILL"));
  shop.catch(() => {}); // killed
  const [line] = await once(createInterface(shop.stdout), "line");
  const url = String(line).replace("listening on ", "");
  const post = async (order: unknown, key: string | undefined) => {
    const response = await fetch(url, {
      method: "POST",
      body: typeof order === "string" ? order : JSON.stringify(order),
      ...(key !== undefined && { headers: { "Idempotency-Key": key } }),
    });
    return { status: response.status, body: (await response.json()) as Answer };
  };
  return { shop, store, post };
}
