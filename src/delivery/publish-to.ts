import { HandlerError } from "../bus/dispatch.js";
import type { Dispatcher } from "../bus/types.js";
import type { Commands } from "../domain/commands.js";
import type { Events } from "../domain/events.js";
import { messageOf } from "../error-message.js";
import { Decision } from "./decisions.js";
import type { Handler } from "./handler.js";

/** Publishes what happened to an order; what the handlers of the bus throw is the failure. */
export function publishTo(bus: Dispatcher<Commands, Events>): Handler {
  return async ({ event, order }) => {
    try {
      await bus.publish(event, { order } as Events[typeof event]);
    } catch (error) {
      throw error instanceof AggregateError ? failureOf(error) : error;
    }
  };
}

/** A decision if one of them is, else what the only handler threw that failed, or what all did. */
function failureOf({ errors }: AggregateError): unknown {
  const causes = errors.map((error) => (error instanceof HandlerError ? error.cause : error));
  const decision = causes.find((cause) => cause instanceof Decision);
  if (decision !== undefined) return decision;
  return causes.length === 1
    ? causes[0]
    : new AggregateError(causes, causes.map(messageOf).join("; "));
}
