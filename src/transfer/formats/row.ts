import { CLOSING_FIELDS, CLOSINGS, closedAs, closingProblem } from "../../domain/closing.js";
import { dayExists } from "../../domain/iso-time.js";
import {
  isOrderId,
  type Order,
  orderProblem,
  PLACED_AT_FORM,
  placedAtOf,
} from "../../domain/order.js";
import { parseDate } from "../../domain/time-span.js";
import { OrderJson } from "../../store/records/order-json.js";
import { type Field, type FieldNames, fieldsOf } from "./fields.js";

/** One order of a file, from its parser to the store. */
export type Row = InvalidRow | ValidRow;

/** What is no order. */
export interface InvalidRow {
  /** Where it is: a line or a number, as `orders.csv:7`. */
  readonly at: string;
  readonly problem: string;
  /** It has a field that nobody knows. */
  readonly isUnknown?: boolean;
}

export interface ValidRow {
  readonly at: string;
  readonly order: OrderJson;
  /** Whether the file has an id of it, and when it was placed; else those are to be replaced. */
  readonly hasId: boolean;
  readonly hasTime: boolean;
  readonly problem?: never;
}

/** Reads the rows of a file, as many at a time as were read together. */
export type RowReader = (
  name: string,
  blocks: AsyncIterable<Uint8Array>,
  names: FieldNames,
) => AsyncIterable<readonly Row[]>;

/** The fields of an order, as a file has them. */
type Fields = { -readonly [Name in keyof Order]?: unknown };

/** The row of an object, whose fields may be called as other programs call them. */
export function rowOfObject(at: string, value: unknown, names: FieldNames): Row {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return { at, problem: "not an object" };
  }
  const given = Object.entries(value).filter(([, field]) => field !== null);
  const { fields, problem, isUnknown } = fieldsOf(
    given.map(([name]) => name),
    names,
    "field",
  );
  if (isUnknown) return { at, problem: `${problem}; ${KNOWN}`, isUnknown };
  if (problem !== undefined) return { at, problem };
  return rowOfFields(
    at,
    fields,
    given.map(([, field]) => field),
  );
}

/** The row of values, each of the field at its place. */
export function rowOfFields(
  at: string,
  fields: readonly (Field | undefined)[],
  values: readonly unknown[],
): Row {
  const order: Fields = {};
  const several: unknown[] = [];
  for (const [index, value] of values.entries()) {
    const field = fields[index];
    if (field === "item" && value !== undefined) several.push(value);
    else if (field !== undefined && field !== "item" && field !== "event") order[field] = value;
  }
  if (several.length === 0) return rowOf(at, order);
  if (order.items !== undefined) return { at, problem: "items are in 'items' and in 'item'" };
  return rowOf(at, { ...order, items: several });
}

/** Looks at the fields of a row. Times may be written as other programs write them. */
function rowOf(at: string, { id, placedAt, items, ...rest }: Fields): Row {
  const [hasId, hasTime] = [id !== undefined, placedAt !== undefined];
  const as = closedAs(rest);
  const closing = as && CLOSINGS[as].at;
  const closed = closing && timeOf(rest[closing]);
  // One without a time of its own was placed when it was closed, at the latest.
  const placed = hasTime ? timeOf(placedAt) : closed;
  if (closing !== undefined && closed === undefined) {
    return { at, problem: `${closing} ${timeProblem(rest[closing])}` };
  }
  if (hasTime && placed === undefined) {
    return { at, problem: `placedAt ${timeProblem(placedAt)}` };
  }
  const order = {
    id: typeof id === "string" ? id.toLowerCase() : (id ?? SOME_ID),
    placedAt: placed ?? SOME_TIME,
    items: typeof items === "string" ? [items] : items,
    ...rest,
    ...(closing && { [closing]: closed }),
  };
  const problem = problemOf(order);
  if (problem !== undefined) return { at, problem };
  return { at, order: OrderJson.of(order as Order), hasId, hasTime };
}

const KNOWN = `known fields: id, placedAt, items, for, note, ${CLOSING_FIELDS.join(", ")}`;

const SOME_ID = "00000000-0000-4000-8000-000000000000";
const SOME_TIME = "2000-01-01T00:00:00.000Z";

function problemOf(order: Fields): string | undefined {
  if (!isOrderId(order.id)) return "id is not a UUID";
  const problem = orderProblem(order);
  if (problem !== undefined) return problem;
  for (const { at, remark } of Object.values(CLOSINGS)) {
    if (order[remark] !== undefined && order[at] === undefined) {
      return `it has a ${remark}, but no ${at}`;
    }
  }
  return closedAs(order) && closingProblem(order);
}

/** A time in our form: a date, or a date and a time, local unless there is a zone. */
function timeOf(value: unknown): string | undefined {
  if (typeof value !== "string") return undefined;
  if (PLACED_AT_FORM.test(value) && dayExists(value)) return value;
  const date = parseDate(value.trim())?.first;
  return date && placedAtOf(date);
}

function timeProblem(value: unknown): string {
  if (typeof value === "string" && BEGINS_WITH_DAY.test(value)) {
    if (!dayExists(value)) return `is a day that does not exist: ${value}`;
    if (/:60(?:\D|$)/.test(value)) return `is a leap second, which no order can have: ${value}`;
  }
  return "is not a time such as 2026-01-31T09:30:00+01:00 or 2026-01-31 09:30";
}

const BEGINS_WITH_DAY = /^\d{4}-\d{2}-\d{2}(?:\D|$)/;
