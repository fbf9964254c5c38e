import { describe, expect, it } from "vitest";
import { type Action, type EventState, stateAfter } from "../../src/store/subscription/state.js";
import fc from "../support/fast-check.js";

const ACTIONS: readonly Action[] = ["deliver", "ack", "nack", "park", "retry", "drop"];
const anyActions = fc.array(fc.constantFrom(...ACTIONS), { maxLength: 30 });

/** Goes through what can happen, and leaves out what cannot. */
function play(actions: readonly Action[]): { action: Action; state: EventState }[] {
  let state: EventState = "waiting";
  return actions.flatMap((action) => {
    const next = stateAfter(state, action);
    if (next === undefined) return [];
    state = next;
    return [{ action, state }];
  });
}

/** The name of a state, by what it means. */
function stateOf(
  facts: { isHeld: boolean; isParked: boolean; isRequested: boolean; isRetry: boolean },
  action: Action,
): EventState {
  const { isHeld, isParked, isRequested, isRetry } = facts;
  if (isHeld && !isRetry) return "in flight";
  if (isHeld && !isParked) return "dropped";
  if (isHeld) return isRequested ? "retried again" : "retried";
  if (isParked) return isRequested ? "requested" : "parked";
  return action === "nack" && !isRetry ? "waiting" : "done";
}

describe("an event, to a subscription,", () => {
  it("is what a few facts about it say, whatever happens to it", () => {
    fc.assert(
      fc.property(anyActions, (actions) => {
        // The model: where it is, whether it is parked, and whether a retry is requested.
        let isHeld = false;
        let isParked = false;
        let isRequested = false;
        let isRetry = false;
        for (const { action, state } of play(actions)) {
          if (action === "deliver") {
            isRetry = isParked;
            isHeld = true;
            isRequested = false;
          } else if (action === "retry") isRequested = true;
          else if (action === "drop") isParked = isRequested = false;
          else if (action === "ack") isHeld = isParked = isRequested = false;
          else if (action === "park") {
            isParked = isParked || !isRetry;
            isHeld = false;
          } else {
            isHeld = false;
            if (isRetry && isParked) isRequested = true;
          }
          const facts = { isHeld, isParked, isRequested, isRetry };
          expect({ action, state }).toEqual({ action, state: stateOf(facts, action) });
        }
      }),
    );
  });

  it("is over once it is acknowledged or dropped", () => {
    fc.assert(
      fc.property(anyActions, (actions) => {
        const states = play(actions).map(({ state }) => state);
        const end = states.indexOf("done");
        expect(end === -1 || end === states.length - 1).toBe(true);
      }),
    );
  });

  it("can always still be handled, unless it is over", () => {
    fc.assert(
      fc.property(anyActions, (actions) => {
        let state: EventState | undefined = play(actions).at(-1)?.state ?? "waiting";
        if (state === "parked") state = stateAfter(state, "retry") as EventState;
        if (state === "waiting" || state === "requested") state = stateAfter(state, "deliver");
        if (state !== "done") state = stateAfter(state as EventState, "ack");
        expect(state).toBe("done");
      }),
    );
  });
});
