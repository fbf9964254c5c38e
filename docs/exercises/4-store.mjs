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
  /** @type {LowSync<import("orders-cli").OrderRecord[]>} */
  #db;

  /** @param {string} file */
  constructor(file) {
    super();
    this.#db = new LowSync(new JSONFileSync(file), []);
  }

  async restore() {
    this.#db.read();
    for (const record of this.#db.data) {
      if (record.kind === "order") await super.saveIfNew(record.order, record);
      else await super.closeOrder(record.closing, record);
    }
    return this;
  }

  /** @override */
  async save(order) {
    return this.#written(await super.save(order));
  }

  /** @override */
  async saveIfNew(order, as) {
    return this.#written(await super.saveIfNew(order, as));
  }

  /** @override */
  async closeOrder(closing, as) {
    return this.#written(await super.closeOrder(closing, as));
  }

  async #written(result) {
    this.#db.data = [];
    for await (const records of this.records()) this.#db.data.push(...records);
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
