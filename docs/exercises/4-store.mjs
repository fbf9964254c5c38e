/**
 * Exercise 4, a store: keep orders in one JSON document, with lowdb's own file adapter. What is stored is restored into a
 * store in memory, which does the rest. Compared with the default store it rewrites the document for each order, does not
 * sync it, and two processes overwrite each other's orders.
 */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LowSync } from "lowdb";
import { JSONFileSync } from "lowdb/node";
import { MemoryOrderStore, openOrders } from "orders-cli";

class DocumentStore extends MemoryOrderStore {
  /** @type {LowSync<import("orders-cli").Order[]>} */
  #db;

  /** @param {string} file */
  constructor(file) {
    super();
    this.#db = new LowSync(new JSONFileSync(file), []);
  }

  async restore() {
    this.#db.read();
    for (const { cancelledAt, reason, completedAt, completionNote, ...placed } of this.#db.data) {
      await super.saveIfNew(placed);
      if (!cancelledAt && !completedAt) continue;
      await super.closeOrder({ id: placed.id, cancelledAt, reason, completedAt, completionNote });
    }
    return this;
  }

  /** @override */
  async save(order) {
    return this.#written(await super.save(order));
  }

  /** @override */
  async saveIfNew(order) {
    return this.#written(await super.saveIfNew(order));
  }

  /** @override */
  async closeOrder(closing) {
    return this.#written(await super.closeOrder(closing));
  }

  async #written(result) {
    this.#db.data = [];
    for await (const order of this.list({ state: "any" })) this.#db.data.push(order);
    this.#db.write();
    return result;
  }
}

const file = join(mkdtempSync(join(tmpdir(), "orders-")), "orders.json");
const shop = await openOrders({ store: await new DocumentStore(file).restore() });
const { order } = await shop.placeOrder(["lamp"]);
await shop.placeOrder(["desk"]);
await shop.cancelOrder(order.id, "sold out");
await shop.close();

const reopened = await openOrders({ store: await new DocumentStore(file).restore() });
for await (const { items, reason } of reopened.store.list({ state: "any" })) {
  console.log(`${items}: ${reason ?? "open"}`);
}
await reopened.close();
