import {
  AckPolicy,
  type ApiError,
  type ConsumerConfig,
  type ConsumerInfo,
  DeliverPolicy,
  JetStreamApiCodes,
  JetStreamApiError,
} from "@nats-io/jetstream";
import { nanos, nuid } from "@nats-io/transport-node";
import { isSubscriptionName } from "../../order-feed.js";
import { apiCode } from "./failures.js";
import type { Connected } from "./server-connection.js";
import { nameOf, tokenOf } from "./subjects.js";

/** A consumer of a stream. */
export interface ConsumerName {
  readonly stream: string;
  readonly name: string;
}

/** A consumer that is a subscription: each reset replaces it by one of the next generation. */
export interface SubscriptionConsumer extends ConsumerName {
  readonly subscription: string;
  readonly generation: number;
}

/** The consumer of a subscription. */
export function consumerOf(
  stream: string,
  subscription: string,
  generation: number,
): SubscriptionConsumer {
  const token = tokenOf(subscription);
  const name = generation === 1 ? token : `${token}~${generation}`;
  return { stream, name, subscription, generation };
}

/**
 * The consumers of a stream that are subscriptions, also those that have no leader and would not answer what they are.
 * Of several that are one subscription the last one counts.
 */
export async function subscriptionConsumers(
  connected: Connected,
  stream: string,
): Promise<SubscriptionConsumer[]> {
  const found: SubscriptionConsumer[] = [];
  for (const name of await consumerNames(connected, stream)) {
    const [token = "", generation = "1"] = name.split("~");
    const consumer = consumerOf(stream, nameOf(token), Number(generation));
    if (isSubscriptionName(consumer.subscription) && consumer.name === name) found.push(consumer);
  }
  return found.sort((one, other) => one.generation - other.generation);
}

/** The name of a consumer that is nobody's subscription. */
export function passingName(): string {
  return `_${nuid.next()}`;
}

/** How a consumer is created. */
export interface ConsumerOptions extends Partial<Omit<ConsumerConfig, "filter_subjects">> {
  readonly subjects: readonly string[];
  /** The number in the stream to start from, or the first of what was stored then or later. */
  readonly from: number | Date;
}

/** Creates a consumer; nothing changes if there is one just like it. */
export function addConsumer(
  { jsm }: Connected,
  { stream, name }: ConsumerName,
  { subjects, from, ...config }: ConsumerOptions,
): Promise<ConsumerInfo> {
  return jsm.consumers.add(stream, {
    name,
    ...(from instanceof Date
      ? { deliver_policy: DeliverPolicy.StartTime, opt_start_time: from.toISOString() }
      : { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: from }),
    filter_subjects: [...subjects],
    ...config,
  });
}

/**
 * Creates a consumer that is nobody's subscription, for reading or counting. The server removes it once it was unused for
 * so long, to which it adds up to a second: to delete it would need a permission that reaches to the consumers of
 * subscriptions.
 */
export function addPassing(
  connected: Connected,
  stream: string,
  { unusedMs = 0, ...options }: ConsumerOptions & { readonly unusedMs?: number },
): Promise<ConsumerInfo> {
  return addConsumer(
    connected,
    { stream, name: passingName() },
    {
      ack_policy: AckPolicy.None,
      inactive_threshold: Math.max(nanos(unusedMs), 1),
      mem_storage: true,
      num_replicas: 1,
      ...options,
    },
  );
}

/** The state of a consumer; `undefined`: there is none. */
export function consumerInfo(
  { jsm }: Connected,
  { stream, name }: ConsumerName,
): Promise<ConsumerInfo | undefined> {
  return jsm.consumers.info(stream, name).catch(unlessMissing);
}

/** Removes a consumer if there is one. One without a leader would not answer what it is: so that is not asked. */
export async function removeConsumer(
  { jsm }: Connected,
  { stream, name }: ConsumerName,
): Promise<void> {
  await jsm.consumers.delete(stream, name).catch(unlessMissing);
}

async function consumerNames({ nc, js, patienceMs }: Connected, stream: string): Promise<string[]> {
  const subject = `${js.apiPrefix}.CONSUMER.NAMES.${stream}`; // the client has no method for it
  const names: string[] = [];
  for (;;) {
    const page = JSON.stringify({ offset: names.length });
    const answer = await nc.request(subject, page, { timeout: patienceMs });
    const { error, total = 0, consumers } = answer.json<NamesAnswer>();
    if (error?.err_code === JetStreamApiCodes.StreamNotFound) return [];
    if (error !== undefined) throw new JetStreamApiError(error);
    names.push(...(consumers ?? []));
    if (!consumers?.length || names.length >= total) return names;
  }
}

interface NamesAnswer {
  readonly error?: ApiError;
  readonly total?: number;
  readonly consumers?: readonly string[] | null;
}

function unlessMissing(error: unknown): undefined {
  const missing = [JetStreamApiCodes.ConsumerNotFound, JetStreamApiCodes.StreamNotFound];
  if (!missing.some((each) => each === apiCode(error))) throw error;
}
