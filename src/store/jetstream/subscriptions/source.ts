import type { StoredEvent } from "../../order-feed.js";
import type { PullConsumer, PulledMessage } from "./pull-consumer.js";

/** Where a subscriber's events come from: one consumer, and what its messages mean. */
export interface Source {
  readonly messages: PullConsumer;
  /**
   * Creates the consumer again if it is gone.
   *
   * @param signal ends the waiting for it.
   * @throws {OrdersError} `subscription-not-found`: there is nothing to resume.
   */
  recreate(signal: AbortSignal | undefined): Promise<void>;
  /** The event of a message; `undefined`: there is nothing to deliver. */
  decode(pulled: PulledMessage): Promise<SourcedEvent | undefined>;
}

/** What one message delivers. */
export interface SourcedEvent extends StoredEvent {
  /** The event's number in the stream of orders. */
  readonly seq: number;
  /** Attempts before those that the message's delivery count tells of. */
  readonly earlierAttempts: number;
  /** Whether the subscription may have parked it. */
  readonly mayBeParked: boolean;
}
