import { MemoryOrderStore } from "../../src/store/memory/order-store.js";
import { describeCancelling } from "./close.contract.js";
import { describeOrderFeed } from "./order-feed.contract.js";
import { describeOrderStore } from "./order-store.contract.js";

describeOrderStore("a store in memory", async () => new MemoryOrderStore());

const newPlace = async () => {
  const first = new MemoryOrderStore();
  return async () => new MemoryOrderStore(first);
};
describeOrderFeed("a store in memory", { shares: false }, newPlace);
describeCancelling("a store in memory", newPlace);
