import type { ConsumerInfo } from "@nats-io/jetstream";

/** The last message that a consumer is done with. One that has had none yet does not say. */
export function reachedBy({ ack_floor, config }: ConsumerInfo): number {
  return Math.max(ack_floor.stream_seq, (config.opt_start_seq ?? 1) - 1);
}

/** When it last handed a message over or was told of one: ISO 8601, UTC; `null`: never. */
export function lastActive({ delivered, ack_floor }: ConsumerInfo): string | null {
  const times = [delivered.last_active, ack_floor.last_active]
    .filter((time) => time !== undefined)
    .map((time) => new Date(time).getTime());
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString();
}
