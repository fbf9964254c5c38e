import { dayExists } from "./iso-time.js";
import {
  isOrderId,
  type Order,
  type OrderFilter,
  type OrderState,
  orderFields,
  PLACED_AT_FORM,
  remarkProblem,
} from "./order.js";

/**
 * In which ways an order is closed, once: until then it is open. Each has a time and may have a remark, which are
 * fields of the order from then on, and an event.
 */
export const CLOSINGS = {
  cancelled: {
    at: "cancelledAt",
    remark: "reason",
    event: "order-cancelled",
    verb: "cancel",
    heading: "Order Cancelled:",
    label: "Cancelled",
    remarkLabel: "Reason",
  },
  done: {
    at: "completedAt",
    remark: "completionNote",
    event: "order-completed",
    verb: "complete",
    heading: "Order Completed:",
    label: "Done",
    remarkLabel: "Completion note",
  },
} as const satisfies Readonly<Record<ClosedAs, object>>;

/** One of `CLOSINGS`. */
export type ClosedAs = Exclude<OrderState, "open">;

/** The names of `CLOSINGS`. */
export const CLOSED_AS = Object.keys(CLOSINGS) as readonly ClosedAs[];

/** The fields of an order that closing it adds, in their order. */
export const CLOSING_FIELDS = CLOSED_AS.flatMap((as) => [CLOSINGS[as].at, CLOSINGS[as].remark]);

type ClosingFields = Pick<Order, (typeof CLOSING_FIELDS)[number]>;

/** Closes the order of an id: with the time, and perhaps the remark, of one of `CLOSINGS`. */
export interface Closing extends ClosingFields {
  readonly id: string;
}

/** An order that was closed, in any way or in one. */
export type ClosedOrder<As extends ClosedAs = ClosedAs> = As extends ClosedAs
  ? Order & { readonly [At in (typeof CLOSINGS)[As]["at"]]: string }
  : never;

/** How many orders were closed in each way. */
export type ClosedCounts = Record<ClosedAs, number>;

export function noneClosed(): ClosedCounts {
  return Object.fromEntries(CLOSED_AS.map((as) => [as, 0])) as ClosedCounts;
}

/** How an order was closed, or is to be; `undefined`: it is open. */
export function closedAs(order: Fields): ClosedAs | undefined {
  return CLOSED_AS.find((as) => order[CLOSINGS[as].at] !== undefined);
}

/** When an order was closed; `undefined`: it is open. */
export function closedAt(order: ClosingFields): string | undefined {
  const as = closedAs(order);
  return as && order[CLOSINGS[as].at];
}

/** When happened what happened last to an order. */
export function occurredAt(order: Order): string {
  return closedAt(order) ?? order.placedAt;
}

/** What closed an order; `undefined`: nothing, it is open. */
export function closingOf(order: Order): Closing | undefined {
  return closedAs(order) && { id: order.id, ...closingFields(order) };
}

/** The order as a closing leaves it. */
export function closedOrder(order: Order, closing: Closing): ClosedOrder {
  return { ...orderFields(order), ...closingFields(closing) } as ClosedOrder;
}

/** What a closing adds to its order. */
export function closingFields(closing: ClosingFields): ClosingFields {
  const as = closedAs(closing);
  if (as === undefined) return {};
  const { at, remark } = CLOSINGS[as];
  const text = closing[remark];
  return { [at]: closing[at], ...(text !== undefined && { [remark]: text }) };
}

/** Whether a filter lists what was closed so; `undefined`: what is open. */
export function listsClosed({ state }: OrderFilter, as: ClosedAs | undefined): boolean {
  if (state === undefined) return as !== "cancelled";
  return state === "any" || state === (as ?? "open");
}

/** Why `value` is not a {@link Closing}; `undefined` if it is one. */
export function closingProblem(value: Fields & { readonly id?: unknown }): string | undefined {
  if (!isOrderId(value.id)) return "id is not a lower-case UUID";
  const ways = CLOSED_AS.filter((as) => value[CLOSINGS[as].at] !== undefined);
  if (ways.length > 1) return `it is both ${ways.join(" and ")}`;
  const { at, remark } = CLOSINGS[ways[0] ?? "cancelled"];
  const time = value[at];
  if (typeof time !== "string" || !PLACED_AT_FORM.test(time)) {
    return `${at} is not a UTC time such as 2026-01-31T09:30:00.000Z`;
  }
  const text = value[remark];
  const problem = text === undefined ? undefined : remarkProblem(text);
  return problem && `'${remark}' ${problem}`;
}

type Fields = { readonly [Name in keyof ClosingFields]?: unknown };

/** Why nothing is to be stored that has such a time; what is stored already is read. */
export function dayProblem(name: string, time = ""): string | undefined {
  return time === "" || dayExists(time)
    ? undefined
    : `${name} is a day that does not exist: ${time}`;
}
