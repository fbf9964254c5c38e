import { openStore } from "../../src/store/open-store.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { describeCancelling } from "./close.contract.js";
import { describeOrderFeed } from "./order-feed.contract.js";
import { describeOrderStore } from "./order-store.contract.js";

describeOrderStore("a directory", () => openStore(temporaryDirectory()));

const newPlace = async () => {
  const directory = temporaryDirectory();
  return () => openStore(directory);
};
describeOrderFeed("a directory", { shares: false }, newPlace);
describeCancelling("a directory", newPlace);
