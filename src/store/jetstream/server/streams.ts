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
import { apiCode, Unavailable } from "./failures.js";
import type { Connected } from "./server-connection.js";
import type { ServerLocation } from "./server-location.js";
import { EVERY_SUBJECT, PARKING_KINDS, parkingSubject, recordSubjects } from "./subjects.js";

/** The JetStream API error: there is a stream of that name with another configuration. */
const NAME_IN_USE = 10058;

/** The configuration of a stream of ours, which is what the store guarantees; `undefined`: it must not have that. */
export type WantedStream = Pick<StreamConfig, "name" | "subjects"> & {
  readonly [Key in keyof StreamConfig]?: StreamConfig[Key] | undefined;
};

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
    allow_rollup_hdrs: false,
    subject_transform: undefined,
    mirror: undefined,
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

/** The subjects that a stream has: one that only mirrors another, or has others as its sources, lists none. */
export function subjectsOf({ config }: StreamInfo): readonly string[] {
  const { subjects }: Partial<StreamConfig> = config;
  return subjects ?? [EVERY_SUBJECT];
}

/** Whether a stream can hold what is not of this store. */
export function isShared(info: StreamInfo, location: ServerLocation): boolean {
  const own = recordSubjects(location);
  return subjectsOf(info).some((subject) => !own.includes(subject));
}

/**
 * Creates a stream where there is none, and returns whether it did. An existing one is left as it is; one that this
 * process knows was deleted since, with its orders, which is for somebody to see: that is an error.
 */
export async function createIfMissing(
  { jsm, known }: Connected,
  wanted: WantedStream,
): Promise<boolean> {
  const { name } = wanted;
  try {
    await jsm.streams.info(name);
    known.add(name);
    return false;
  } catch (error) {
    if (!isMissingStream(error) || known.has(name)) throw error;
  }
  try {
    await jsm.streams.add({ num_replicas: 1, ...wanted } as StreamConfig);
    known.add(name);
    return true;
  } catch (error) {
    // Another process created it first, with another configuration.
    if (apiCode(error) === NAME_IN_USE) return false;
    throw error;
  }
}
