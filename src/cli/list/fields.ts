import { OrdersError } from "../../errors.js";
import { closest } from "../options/suggestions.js";

/** What a table, TSV and CSV can have a column of, by the names that orders have for it in JSON. */
export const FIELDS = ["placedAt", "id", "items", "for", "note", "cancelledAt", "reason"] as const;

/** One of {@link FIELDS}. */
export type Field = (typeof FIELDS)[number];

/**
 * The fields of a list such as `id,items`, in its order.
 *
 * @throws {OrdersError} `invalid-usage`: there is no such field.
 */
export function parseFields(text: string): readonly Field[] {
  return text.split(",").map((part) => {
    const name = part.trim();
    const field = FIELDS.find((each) => each === name);
    if (field !== undefined) return field;
    throw new OrdersError("invalid-usage", `unknown field '${name}'`, { hint: hintFor(name) });
  });
}

function hintFor(name: string): string {
  const fields = `fields are ${FIELDS.join(", ")}`;
  const meant = closest(name, FIELDS);
  return meant === undefined ? fields : `did you mean ${meant}? ${fields}`;
}
