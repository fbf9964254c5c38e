import { MemoryOrderStore } from "../../src/store/memory/order-store.js";
import { describeOrderFeed } from "./order-feed.contract.js";
import { describeOrderStore } from "./order-store.contract.js";

describeOrderStore("a store in memory", async () => new MemoryOrderStore());

describeOrderFeed("a store in memory", { shares: false }, async () => {
  const store = new MemoryOrderStore();
  return async () => store;
});
