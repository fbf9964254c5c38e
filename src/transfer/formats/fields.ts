import { CLOSING_FIELDS } from "../../domain/closing.js";
import type { Order } from "../../domain/order.js";

/**
 * What a name stands for: a field of an order, one of several items, or the event with which `watch` prints an order:
 * the fields tell it, too.
 */
export type Field = keyof Order | "item" | "event";

/** What a file calls the fields of an order. */
export interface FieldNames {
  /** Names that only this file has. */
  readonly columns: ReadonlyMap<string, Field>;
  /** Leave out what nobody knows. */
  readonly ignoreUnknown: boolean;
}

/** The field of a name; `undefined`: nobody knows. */
export function fieldOf(name: string, names?: FieldNames): Field | undefined {
  return names?.columns.get(name) ?? FIELDS.get(name) ?? FIELDS.get(folded(name));
}

/** The fields of names that stand side by side, and what is wrong with them. */
export function fieldsOf(names: readonly string[], known: FieldNames, noun: "field" | "column") {
  const fields = names.map((name) => fieldOf(name, known));
  const unknown = names.filter((name, index) => name !== "" && fields[index] === undefined);
  const isUnknown = unknown.length > 0 && !known.ignoreUnknown;
  const quoted = unknown.map((name) => `'${name}'`).join(", ");
  const twin = fields.findIndex((field, index) => {
    return field !== undefined && field !== "item" && fields.indexOf(field) < index;
  });
  const problem = isUnknown
    ? `unknown ${noun}${unknown.length === 1 ? "" : "s"} ${quoted}`
    : twin >= 0
      ? `two ${noun}s of one meaning: '${names[fields.indexOf(fields[twin])]}' and '${names[twin]}'`
      : undefined;
  return { fields, problem, isUnknown };
}

const FIELDS: ReadonlyMap<string, Field> = new Map<string, Field>([
  ["id", "id"],
  ["placedat", "placedAt"],
  ["items", "items"],
  ["item", "item"],
  ["for", "for"],
  ["note", "note"],
  ["traceparent", "traceparent"],
  ...CLOSING_FIELDS.map((field) => [field.toLowerCase(), field] as const),
  ["event", "event"],
]);

/** `Placed At`, `placed_at` and `placedAt` are one, `item` and `Item 2` are alike. */
function folded(name: string): string {
  const key = name.toLowerCase().replace(/[_ -]/g, "");
  return key.replace(/^item\d+$/, "item");
}
