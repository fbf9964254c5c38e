import { MemoryOrderStore } from "../../src/store/memory.js";
import { describeOrderStore } from "./order-store.contract.js";

describeOrderStore("a store in memory", async () => new MemoryOrderStore());
