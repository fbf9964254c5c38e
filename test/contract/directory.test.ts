import { openStore } from "../../src/store/open-store.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { describeOrderStore } from "./order-store.contract.js";

describeOrderStore("a directory", () => openStore(temporaryDirectory()));
