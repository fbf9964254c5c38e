import { v4 as uuid } from "uuid";
import { describe, expect, it, onTestFinished } from "vitest";
import { MemoryOrderStore } from "../../src/store/memory/order-store.js";
import { openStore } from "../../src/store/open-store.js";
import type { OrderStore } from "../../src/store/order-store.js";
import { copyOrders } from "../../src/transfer/copy-orders.js";
import { describeWithServer, sharedServer } from "../support/nats-server.js";
import { all, anOrder } from "../support/orders.js";
import { handleAll } from "../support/subscriber.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const AT = "2026-02-01T10:00:00.000Z";
const ALL = { state: "any" } as const;

const memory = async () => new MemoryOrderStore();
const directory = () => openStore(temporaryDirectory());

async function opened(open: () => Promise<OrderStore>): Promise<OrderStore> {
  const store = await open();
  onTestFinished(() => store.close());
  return store;
}

const toldOf = async (store: OrderStore) =>
  (await handleAll(await store.feed(), "sales")).map(({ event, order }) => ({ event, order }));

/** What copying from one kind of store to another promises. */
function describeCopying(
  title: string,
  openSource: () => Promise<OrderStore>,
  openTarget: () => Promise<OrderStore>,
): void {
  it(`${title}: what was imported stays history, and all else is told of in its order`, async () => {
    const source = await opened(openSource);
    const target = await opened(openTarget);
    const [first, old, oldCancelled, oldCancelledNow, last] = Array.from({ length: 5 }, () =>
      anOrder(),
    );
    const cancel = (order = anOrder(), isImported = false) =>
      source.closeOrder({ id: order.id, cancelledAt: AT }, { isImported });
    await source.save(first as never);
    for (const order of [old, oldCancelled, oldCancelledNow]) {
      await source.saveIfNew(order as never, { isImported: true });
    }
    await cancel(oldCancelled, true);
    await source.save(last as never);
    await cancel(oldCancelledNow);
    await cancel(first, true);

    expect(await copyOrders(source, target)).toMatchObject({ stored: 5, cancelled: 3 });
    expect(await copyOrders(source, target)).toMatchObject({ stored: 0, present: 5, later: 0 });
    expect(await all(target.list(ALL))).toEqual(await all(source.list(ALL)));
    expect(await target.check()).toMatchObject({ orders: 5, damage: [] });
    const told = await toldOf(target);
    expect(told).toEqual([
      { event: "order-created", order: first },
      { event: "order-created", order: last },
      { event: "order-cancelled", order: { ...oldCancelledNow, cancelledAt: AT } },
    ]);
    expect(told).toEqual(await toldOf(source));
  });
}

describe("copying", () => {
  describeCopying("from directory to directory", directory, directory);
  describeCopying("from memory to memory", memory, memory);
  describeCopying("from directory to memory", directory, memory);
  describeCopying("from memory to directory", memory, directory);
});

describeWithServer("copying with a server", () => {
  const shared = sharedServer();
  const server = () => openStore(`${shared.url}?stream=${uuid()}`);
  describeCopying("from directory to server", directory, server);
  describeCopying("from server to directory", server, directory);
  describeCopying("from server to server", server, server);
});
