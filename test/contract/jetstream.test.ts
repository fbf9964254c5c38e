import { v4 as uuid } from "uuid";
import { openStore } from "../../src/store/open-store.js";
import { describeWithServer, sharedServer } from "../support/nats-server.js";
import { describeCancelling } from "./close.contract.js";
import { describeOrderFeed } from "./order-feed.contract.js";
import { describeOrderStore } from "./order-store.contract.js";

describeWithServer("NATS JetStream", () => {
  const server = sharedServer();
  describeOrderStore("a server", () => openStore(`${server.url}?stream=${uuid()}`));

  const newPlace = async () => {
    const location = `${server.url}?stream=${uuid()}`;
    return () => openStore(location);
  };
  describeOrderFeed("a server", { shares: true }, newPlace);
  describeCancelling("a server", newPlace);
});
