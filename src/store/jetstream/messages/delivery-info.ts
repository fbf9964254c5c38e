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
  const tokens = reply.split(".");
  if (tokens[0] !== "$JS" || tokens[1] !== "ACK") return undefined;
  const at = tokens.length > 9 ? 6 : 4;
  return {
    deliveryCount: Number(tokens[at]),
    seq: Number(tokens[at + 1]),
    delivery: Number(tokens[at + 2]),
    pending: Number(tokens[at + 4]),
  };
}
