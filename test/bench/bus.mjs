import { EventEmitter } from "node:events";
import { performance } from "node:perf_hooks";
import Emittery from "emittery";
import { EventEmitter as EventEmitter3 } from "eventemitter3";
import mitt from "mitt";
import { MessageBus } from "orders-cli";

/**
 * A message to one async handler: through the bus, through emitters, and without any. Those of Node,
 * mitt and eventemitter3 do not wait for the handler, nor do they hear of its failure.
 *
 * @returns {Generator<import("./pairs.mjs").Contest>}
 */
export function* bus() {
  const handler = async () => {};
  const messageBus = new MessageBus({ commands: {}, events: { happened: [handler] } });
  const emittery = new Emittery();
  const [events, events3, mitted] = [new EventEmitter(), new EventEmitter3(), mitt()];
  emittery.on("happened", handler);
  const start = () => void handler(); // nobody waits for it
  events.on("happened", start);
  events3.on("happened", start);
  mitted.on("happened", start);
  const payload = { order: { items: ["tv"] } };
  yield {
    title: "a message to one async handler",
    unit: "ns",
    contestants: [
      contestant("awaited call", () => handler()),
      contestant("bus.publish", () => messageBus.publish("happened", payload)),
      contestant("emittery.emit", () => emittery.emit("happened", payload)),
      contestant("emittery.emitSerial", () => emittery.emitSerial("happened", payload)),
      contestant("node:events", () => events.emit("happened", payload)),
      contestant("eventemitter3", () => events3.emit("happened", payload)),
      contestant("mitt", () => mitted.emit("happened", payload)),
    ],
    ratios: [
      { of: "bus.publish", to: "awaited call", atMost: 1.8 },
      { of: "bus.publish", to: "emittery.emitSerial", atMost: 1 },
      { of: "bus.publish", to: "emittery.emit", atMost: 1 },
      { of: "bus.publish", to: "node:events" },
      { of: "bus.publish", to: "eventemitter3" },
      { of: "bus.publish", to: "mitt" },
    ],
  };
}

const MESSAGES = 20_000; // in a round

/** @param {string} name @param {() => unknown} emit @returns {import("./pairs.mjs").Contestant} */
function contestant(name, emit) {
  return {
    name,
    async run() {
      const begin = performance.now();
      for (let n = 0; n < MESSAGES; n++) await emit();
      return ((performance.now() - begin) * 1e6) / MESSAGES;
    },
  };
}
