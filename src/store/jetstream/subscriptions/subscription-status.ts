import type { ConsumerInfo } from "@nats-io/jetstream";

/** The last message that a consumer is done with, or the one before its start. */
export function reachedSeq({ ack_floor, config }: ConsumerInfo): number {
  return Math.max(ack_floor.stream_seq, (config.opt_start_seq ?? 1) - 1);
}

/** When it last delivered a message or got an acknowledgement: ISO 8601, UTC; `null`: never. */
export function lastActiveAt({ delivered, ack_floor }: ConsumerInfo): string | null {
  const times = [delivered.last_active, ack_floor.last_active]
    .filter((time) => time !== undefined)
    .map((time) => new Date(time).getTime());
  return times.length === 0 ? null : new Date(Math.max(...times)).toISOString();
}
