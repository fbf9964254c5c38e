import { v4 as uuid } from "uuid";
import { openStore } from "../../src/store/open-store.js";
import { describeWithServer, sharedServer } from "../support/nats-server.js";
import { describeOrderFeed } from "./order-feed.contract.js";
import { describeOrderStore } from "./order-store.contract.js";

describeWithServer("NATS JetStream", () => {
  const server = sharedServer();
  describeOrderStore("a server", () => openStore(`${server.url}?stream=${uuid()}`));

  describeOrderFeed("a server", { shares: true }, async () => {
    const location = `${server.url}?stream=${uuid()}`;
    return () => openStore(location);
  });
});
