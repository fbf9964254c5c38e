/**
 * What a subscription is: what it knows of each event, and what becomes of that. Nothing else can happen.
 *
 * - *waiting*: neither acknowledged nor parked; *in flight*: a subscriber has it
 * - *parked*: set aside; *requested*: to be retried; *retried*: a subscriber has it, and it stays parked meanwhile
 * - *retried again*: another retry was requested meanwhile; *dropped*: it was dropped meanwhile
 * - *done*: acknowledged or dropped
 *
 * A reset makes all events behind the new position wait. One that was parked stays so until it is acknowledged, by
 * whichever way it is delivered first, and its attempts go on from those that it had.
 */
// biome-ignore format: a table
const TRANSITIONS = {
  waiting:         { deliver: "in flight" },
  "in flight":     { ack: "done", nack: "waiting",   park: "parked" },
  parked:          {                                                     retry: "requested",     drop: "done" },
  requested:       { deliver: "retried",                                 retry: "requested",     drop: "done" },
  retried:         { ack: "done", nack: "requested", park: "parked",     retry: "retried again", drop: "dropped" },
  "retried again": { ack: "done", nack: "requested", park: "requested",  retry: "retried again", drop: "dropped" },
  dropped:         { ack: "done", nack: "done",      park: "done" },
  done:            {},
} as const satisfies Record<string, Partial<Record<Action, string>>>;

/** What can happen to an event: the first four come from its subscriber, the others from any process. */
export type Action = "deliver" | "ack" | "nack" | "park" | "retry" | "drop";

/** What a subscription knows of an event. */
export type EventState = keyof typeof TRANSITIONS;

/** What an event is after something happened to it; `undefined`: that cannot happen to it. */
export function stateAfter(state: EventState, action: Action): EventState | undefined {
  return (TRANSITIONS[state] as Partial<Record<Action, EventState>>)[action];
}
