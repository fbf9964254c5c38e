import { v4 as uuid } from "uuid";
import { openStore } from "../../src/store/open-store.js";
import {
  CURRENT_SERVER,
  describeWithCurrentServer,
  describeWithServer,
  type ServerOptions,
  sharedServer,
} from "../support/nats-server.js";
import { describeCancelling } from "./cancel.contract.js";
import { describeOrderFeed } from "./order-feed.contract.js";
import { describeOrderStore } from "./order-store.contract.js";

function describeServer(options: ServerOptions): void {
  const server = sharedServer(options);
  describeOrderStore("a server", () => openStore(`${server.url}?stream=${uuid()}`));

  const newPlace = async () => {
    const location = `${server.url}?stream=${uuid()}`;
    return () => openStore(location);
  };
  describeOrderFeed("a server", { shares: true }, newPlace);
  describeCancelling("a server", newPlace);
}

describeWithServer("NATS JetStream", () => describeServer({}));
describeWithCurrentServer("NATS JetStream of today", () => {
  describeServer({ program: CURRENT_SERVER });
});
