import type { Msg } from "@nats-io/transport-node";

/** What the subject for a message's acknowledgement says of it. */
export interface DeliveryInfo {
  /** Its number in the stream. */
  readonly seq: number;
  /** How often it was delivered by the consumer, from 1. */
  readonly deliveryCount: number;
  /** The number of this delivery among all of the consumer, from 1. */
  readonly delivery: number;
  /** How many more there are at the moment. */
  readonly pending: number;
}

/**
 * Reads it; `undefined`: it is a message of the server itself.
 * {@link https://docs.nats.io/reference/reference-protocols/nats_api_reference}
 */
export function deliveryInfo({ reply = "" }: Msg): DeliveryInfo | undefined {
  // $JS.ACK.[domain.account.]stream.consumer.deliveries.seq.delivery.time.pending[.random]
  if (!reply.startsWith("$JS.ACK.")) return undefined;
  const tokens = numbers(reply);
  const at = tokens.length > 9 ? 6 : 4;
  const [deliveryCount = 0, seq = 0, delivery = 0, , pending = 0] = tokens.slice(at);
  return { deliveryCount, seq, delivery, pending };
}

/** The tokens of a subject as numbers; what is none becomes nonsense. Splitting it takes three times as long. */
function numbers(subject: string): number[] {
  const found: number[] = [];
  let number = 0;
  for (let at = 0; at < subject.length; at++) {
    const code = subject.charCodeAt(at);
    if (code === DOT) {
      found.push(number);
      number = 0;
    } else number = number * 10 + code - ZERO;
  }
  found.push(number);
  return found;
}

const DOT = ".".charCodeAt(0);
const ZERO = "0".charCodeAt(0);
