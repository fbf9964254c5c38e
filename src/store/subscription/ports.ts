import type { FeedOptions, StartingPosition, StoredEvent } from "../order-feed.js";
import type { ParkedOrder, SubscriptionStatus, Waiting } from "../subscriptions.js";
import type { Signal } from "./signal.js";

/**
 * What a store gives so that it has subscriptions: events after a position, and a small record of each that is
 * parked. What a subscription does with them is said once, in this folder.
 */
export interface SubscriptionDriver {
  /** What the subscriptions have parked. */
  readonly parked: ParkedRecords;
  /** The subscriptions, by name. */
  names(): Promise<readonly string[]>;
  /** Whether there is a subscription of that name, or what it has parked. */
  exists(name: string): Promise<boolean>;
  /** Where each subscription is, by name. */
  list(): Promise<readonly Omit<SubscriptionStatus, "parked">[]>;
  /** Those of some events that the subscription was not delivered yet, and will be. */
  undelivered(name: string, events: readonly StoredEvent[]): Promise<readonly StoredEvent[]>;
  /** @throws {OrdersError} `order-not-found`: there is no order to start from. */
  waitingFrom(from: StartingPosition): Promise<Waiting>;
  /**
   * Opens a subscription for one subscriber, and creates it where there is none. `options.subscription` is a name
   * that was checked, or none.
   *
   * @throws {OrdersError} `subscription-busy`; `order-not-found`: there is no order to start from.
   */
  open(options: OpenOptions): Promise<OpenSubscription>;
  /** @throws {OrdersError} `order-not-found`; `subscription-busy`. */
  reset(name: string, from: StartingPosition): Promise<void>;
  /** Removes it with what it has parked. @throws {OrdersError} `subscription-busy`. */
  remove(name: string): Promise<void>;
}

/** How a subscription is opened. */
export interface OpenOptions extends FeedOptions {
  /** To be notified whenever there may be something new: an event, a requested retry, a lost connection. */
  readonly changed: Signal;
}

/** A subscription as its one subscriber has it. */
export interface OpenSubscription {
  /** Whether it existed before. */
  readonly resumed: boolean;
  /** What it has parked. */
  readonly parked: readonly ParkedRecord[];
  /** Where its events come from: the first one that has any is next, so requested retries are first. */
  readonly sources: readonly EventSource[];
  /**
   * Whether nothing is waiting, asked when no source had anything. Only where others share the subscription: what
   * they have in flight may come back.
   */
  isCaughtUp?(): Promise<boolean>;
  /**
   * Ends it: what was read and not taken was not delivered. What is in flight can be settled later, which is
   * durable at once then.
   */
  close(): Promise<void>;
}

/** Some of the events that are waiting, in their order. */
export interface EventSource {
  /**
   * The next event; `undefined`: nothing is waiting. That an attempt at it begins is on stable storage
   * by then, or counted by a server.
   *
   * @param room how many more may be in flight; with 0 it gives nothing.
   */
  next(room: number): Promise<PendingEvent | undefined>;
}

/** An event that is to be delivered, and what its source is told of it. */
export interface PendingEvent extends StoredEvent {
  /** Which attempt this is, from 1; those before it was parked last are not counted. */
  readonly attempt: number;
  /** It was delivered before, whether that counts as an attempt or not. */
  readonly isRepeated: boolean;
  /** What is retried; `undefined`: it comes from the feed. */
  readonly retryOf?: ParkedRecord | undefined;
  /** Another attempt begins. Resolves once its number is on stable storage. */
  begin(attempt: number): Promise<void>;
  /**
   * The subscription is done with the event: it was acknowledged or parked. To be repeated if it fails. Durable
   * once a batch is settled, none is in flight, or the subscription is closed.
   */
  settle(): Promise<void>;
  /** Its subscriber ends and has not settled it: so many attempts were made, and the next subscriber gets it. */
  release(attempts: number): Promise<void>;
}

/** A small durable store of what is parked, by subscription and by `parkingKey`. Several processes may use it at once. */
export interface ParkedRecords {
  /** Those of one subscription or of all, in any order. Damage is reported and skipped. */
  all(name?: string): Promise<readonly ParkedRecord[]>;
  /** `undefined`: no such record, or it is damaged, which is reported. */
  get(name: string, key: string): Promise<ParkedRecord | undefined>;
  /** Resolves once it is on stable storage, in the place of one with its key. */
  put(record: StoredRecord): Promise<void>;
  /** Deletes a record, damaged or not, with the request to retry it; `false`: there was no such record. */
  delete(name: string, key: string): Promise<boolean>;
  /** Requests that a parked event is delivered again: at once to a running subscriber, else to the next one. */
  requestRetry(name: string, key: string): Promise<void>;
}

/** An event that is parked, as its subscriber stores it. */
export interface StoredRecord extends ParkedOrder {
  /** Higher than that of what the subscription had parked before: the order of parking. */
  readonly number: number;
  /** Attempts of the retry that is under way; 0: none is, or the server counts them. */
  readonly retryAttempts: number;
}

/** An event that is parked. */
export interface ParkedRecord extends StoredRecord {
  /** Whether its retry is requested; never where a server delivers the requests. */
  readonly isRetryRequested: boolean;
}

/** What is parked, and the requests to retry it. */
export interface RequestableRecords extends ParkedRecords {
  /** What is requested to be retried, by key. */
  requested(name: string): readonly string[];
  /** The retry that was requested has begun. */
  forgetRequest(name: string, key: string): void;
}
