import {
  DiscardPolicy,
  JetStreamApiCodes,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
  type StreamInfo,
  type StreamInfoRequestOptions,
  type StreamState,
} from "@nats-io/jetstream";
import type { Difference } from "../../order-store.js";
import { apiCode, Unavailable } from "./failures.js";
import type { Connected } from "./server-connection.js";
import type { ServerLocation } from "./server-location.js";
import { EVERY_SUBJECT, PARKING_KINDS, parkingSubject, recordSubjects } from "./subjects.js";

/** The JetStream API error: there is a stream of that name with another configuration. */
const NAME_IN_USE = 10058;

/** The configuration of a stream of ours, which is what the store guarantees. */
export type WantedStream = Partial<StreamConfig> & Pick<StreamConfig, "name" | "subjects">;

/** The stream of orders: on disk, kept for ever, and refusing rather than forgetting when full. */
export function orderStream(location: ServerLocation): WantedStream {
  return {
    ...permanent(location),
    name: location.stream,
    subjects: recordSubjects(location),
    max_msgs_per_subject: -1,
  };
}

/** The stream of what subscriptions record: of each kind the latest message of each order. */
export function parkingStream(location: ServerLocation): WantedStream {
  return {
    ...permanent(location),
    name: `${location.stream}-parked`,
    subjects: PARKING_KINDS.map((kind) => parkingSubject(location, kind, "*", "*")),
    max_msgs_per_subject: 1,
  };
}

function permanent({ replicas, maxBytes }: ServerLocation) {
  return {
    retention: RetentionPolicy.Limits,
    storage: StorageType.File,
    discard: DiscardPolicy.New,
    max_age: 0,
    allow_direct: true,
    no_ack: false,
    sealed: false,
    ...(replicas !== undefined && { num_replicas: replicas }),
    ...(maxBytes !== undefined && { max_bytes: maxBytes }),
  };
}

/** Whether the server answered that there is no such stream. */
export function isMissingStream(error: unknown): boolean {
  return apiCode(error) === JetStreamApiCodes.StreamNotFound;
}

/** The state of a stream; `undefined`: there is none. */
export async function streamInfo(
  { jsm }: Connected,
  name: string,
  options?: Partial<StreamInfoRequestOptions>,
): Promise<StreamInfo | undefined> {
  try {
    return await jsm.streams.info(name, options);
  } catch (error) {
    if (isMissingStream(error)) return undefined;
    throw error;
  }
}

/**
 * What the leader of a stream knows of its messages.
 *
 * @throws {Unavailable} there is none: the state may be an old one.
 */
export function stateOf({ cluster, state }: StreamInfo): StreamState {
  if (cluster && !cluster.leader) throw new Unavailable("the stream has no leader");
  return state;
}

/** The subjects that a stream has: a mirror lists none, and may have any. */
export function subjectsOf({ config }: StreamInfo): readonly string[] {
  return config.mirror === undefined ? config.subjects : [EVERY_SUBJECT];
}

/** Creates a stream where there is none, and returns whether it did. An existing one is left as it is. */
export async function createIfMissing(
  connected: Connected,
  wanted: WantedStream,
): Promise<boolean> {
  if ((await streamInfo(connected, wanted.name)) !== undefined) return false;
  try {
    await connected.jsm.streams.add({ ...wanted, num_replicas: wanted.num_replicas ?? 1 });
    return true;
  } catch (error) {
    // Another process created it first, with another configuration.
    if (apiCode(error) === NAME_IN_USE) return false;
    throw error;
  }
}

/** How a stream differs from the wanted configuration. */
export function differences(config: StreamConfig, wanted: WantedStream): Difference[] {
  return Object.entries(wanted)
    .map(([setting, value]) => {
      // A server leaves some settings out that are off.
      return { setting, is: config[setting as keyof StreamConfig] ?? false, wanted: value };
    })
    .filter(({ is, wanted }) => JSON.stringify(is) !== JSON.stringify(wanted));
}

/** The same in words. */
export function phrase({ setting, is, wanted }: Difference): string {
  return `${setting} is ${shown(is)}, not ${shown(wanted)}`;
}

function shown(value: unknown): string {
  return Array.isArray(value) ? value.join(" ") : String(value);
}
