import type { Order } from "../domain/order.js";
import { parkingKey } from "../store/order-feed.js";
import type { Middleware } from "./handler.js";

/**
 * Around {@link settle} where several events are handled at a time: has those of one key handled one after another,
 * in their order. The next one waits until the one before is acknowledged or parked, through all its attempts.
 *
 * @param ending returns those that wait for their turn.
 */
export function inOrder(keyOf: (order: Order) => string, ending?: AbortSignal): Middleware {
  const lines = new Map<string, Waiting[]>();
  ending?.addEventListener("abort", () => {
    for (const each of [...lines.values()].flat()) each.begin();
  });
  return (next) => async (delivery, signal) => {
    const key = keyOf(delivery.order);
    const line = lines.get(key) ?? [];
    lines.set(key, line);
    const name = parkingKey(delivery);
    const own = line.find((each) => each.name === name) ?? waiting(name);
    if (!line.includes(own)) line.push(own);
    if (line[0] !== own && !ending?.aborted) await own.turn;
    const leave = () => {
      const place = line.indexOf(own);
      if (place >= 0) line.splice(place, 1); // one that is retried too leaves twice
      line[0]?.begin();
      if (line.length === 0) lines.delete(key);
    };
    if (line[0] !== own) {
      leave();
      return delivery.nack({ counted: false });
    }
    const ack = () => delivery.ack().then(leave);
    const park: typeof delivery.park = (...args) => delivery.park(...args).then(leave);
    const nack: typeof delivery.nack = async (options) => {
      await delivery.nack(options);
      // What was parked before is out of its order already, and may be dropped instead of coming back.
      if (delivery.firstAttempt > 1) leave();
    };
    await next({ ...delivery, ack, nack, park }, signal);
  };
}

/** An event that waits for its turn, or for the end, or has it. */
interface Waiting {
  readonly name: string;
  readonly turn: Promise<void>;
  readonly begin: () => void;
}

function waiting(name: string): Waiting {
  let begin = () => {};
  const turn = new Promise<void>((resolve) => {
    begin = resolve;
  });
  return { name, turn, begin };
}
