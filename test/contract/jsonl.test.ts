import { openStore } from "../../src/store/open-store.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { describeOrderFeed } from "./order-feed.contract.js";
import { describeOrderStore } from "./order-store.contract.js";

describeOrderStore("a directory", () => openStore(temporaryDirectory()));

describeOrderFeed("a directory", { shares: false }, async () => {
  const directory = temporaryDirectory();
  return () => openStore(directory);
});
