import { closestMatch } from "leven";
import { OrdersError } from "../../errors.js";
import { refuseEmpty } from "../parsing/common-options.js";

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
  refuseEmpty("--fields", text);
  return text.split(",").map((part) => {
    const name = part.trim();
    const field = FIELDS.find((each) => each === name);
    if (field !== undefined) return field;
    throw new OrdersError("invalid-usage", `unknown field '${name}'`, { hint: hintFor(name) });
  });
}

function hintFor(name: string): string {
  const fields = `fields are ${FIELDS.join(", ")}`;
  const sameLetters = FIELDS.find((field) => field.toLowerCase() === name.toLowerCase());
  const meant = sameLetters ?? closestMatch(name, FIELDS, { maxDistance: name.length > 3 ? 2 : 1 });
  return meant === undefined ? fields : `did you mean ${meant}? ${fields}`;
}
