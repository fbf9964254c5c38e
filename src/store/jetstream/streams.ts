import {
  DiscardPolicy,
  JetStreamApiCodes,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
} from "@nats-io/jetstream";
import { nanos } from "@nats-io/transport-node";
import type { Connected } from "./connection/server-connection.js";
import type { ServerLocation } from "./connection/server-location.js";
import { apiCode } from "./errors.js";

/** Of the JetStream API: there is a stream of that name with another configuration. */
const NAME_IN_USE = 10058;

/** A stream of this program, as it is to be: what it promises is in here. */
export type WantedStream = Pick<
  StreamConfig,
  | "name"
  | "subjects"
  | "retention"
  | "storage"
  | "discard"
  | "max_age"
  | "allow_direct"
  | "duplicate_window"
  | "max_msgs_per_subject"
> & { readonly num_replicas?: number };

/** The subject of one order, and with `*` that of all. */
export function orderSubject({ prefix }: ServerLocation, id: string): string {
  return `${prefix}.order-created.${id}`;
}

/** The stream of orders: on disk, kept for ever, and refusing rather than forgetting when full. */
export function orderStream(location: ServerLocation): WantedStream {
  return {
    ...lasting(location),
    name: location.stream,
    subjects: [orderSubject(location, "*")],
    max_msgs_per_subject: -1,
  };
}

function lasting({ replicas }: ServerLocation) {
  return {
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_age: 0,
    allow_direct: true,
    duplicate_window: nanos(120_000),
    ...(replicas !== undefined && { num_replicas: replicas }),
  };
}

/** Whether the server says that there is no such stream. */
export function isMissingStream(error: unknown): boolean {
  return apiCode(error) === JetStreamApiCodes.StreamNotFound;
}

/** What the server says of a stream; `undefined`: there is none. */
export async function streamInfo(
  { jsm }: Connected,
  name: string,
): Promise<StreamInfo | undefined> {
  try {
    return await jsm.streams.info(name);
  } catch (error) {
    if (isMissingStream(error)) return undefined;
    throw error;
  }
}

/**
 * Creates a stream where there is none. One that exists is left as it is, whatever it is like.
 *
 * @returns whether it was created now.
 */
export async function createIfMissing(
  connected: Connected,
  wanted: WantedStream,
): Promise<boolean> {
  if ((await streamInfo(connected, wanted.name)) !== undefined) return false;
  try {
    await connected.jsm.streams.add({ ...wanted, num_replicas: wanted.num_replicas ?? 1 });
    return true;
  } catch (error) {
    // Somebody else was faster, and wanted it otherwise.
    if (apiCode(error) === NAME_IN_USE) return false;
    throw error;
  }
}

/** How a stream differs from what it is to be, a phrase each; what is not asked for never differs. */
export function differences(config: StreamConfig, wanted: WantedStream): string[] {
  return Object.entries(wanted)
    .filter(([key, value]) => !same(config[key as keyof StreamConfig], value))
    .map(([key, value]) => {
      return `${key} is ${shown(config[key as keyof StreamConfig])}, not ${shown(value)}`;
    });
}

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one ?? null) === JSON.stringify(other ?? null);
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.join(" ") : String(value);
}
