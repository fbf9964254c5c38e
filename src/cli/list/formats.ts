import { escapeUnsafe } from "../../domain/printable.js";
import type { OrderJson } from "../../store/records/order-json.js";
import { FIELDS, type Field } from "./fields.js";
import type { Escaping, ListFormat, ListView } from "./list-format.js";

/** The output formats of `list`. */
export const FORMATS = ["table", "tsv", "csv", "ndjson", "json"] as const;

/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number];

/** How to write orders in a format. What only one format needs is loaded for that one. */
export async function listFormat(format: Format, view: ListView): Promise<ListFormat> {
  const { output, fields, all } = view;
  switch (format) {
    case "table":
      if (output.isTerminal && fields === undefined) {
        return (await import("./day-list.js")).dayList(view);
      }
      return (await import("./table.js")).table(view);
    case "tsv": {
      const shown = all ? ([...TSV_FIELDS, "cancelledAt"] as const) : TSV_FIELDS;
      return { order: separated(fields ?? shown, "\t", TSV) };
    }
    case "csv": {
      const [shown, { CSV }] = [fields ?? FIELDS, await import("./csv.js")];
      const begin = () => `${shown.join(",")}\n`;
      return { begin, order: separated(shown, ",", CSV), always: true };
    }
    case "ndjson":
      return { order: ({ json }) => `${json}\n` };
    case "json":
      return {
        begin: () => "[",
        order: ({ json }) => json,
        separator: ",\n",
        end: () => "]\n",
        always: true,
      };
  }
}

const TSV: Escaping = { text: escapeUnsafe, json: (json) => json };
const TSV_FIELDS = ["placedAt", "id", "items"] as const;
/** What holds nothing to escape. */
const SAFE: readonly Field[] = ["placedAt", "id", "cancelledAt"];

/** A row of fields for each order. */
function separated(
  fields: readonly Field[],
  separator: string,
  { text, json }: Escaping,
): ListFormat["order"] {
  const [first = () => "", ...others] = fields.map((field) => {
    if (field === "items") return ({ itemsJson }: OrderJson) => json(itemsJson);
    if (SAFE.includes(field)) return (order: OrderJson) => order[field] ?? "";
    return ({ [field]: value }: OrderJson) => (value === undefined ? "" : text(value));
  });
  return (order) => {
    let row = first(order);
    for (const cell of others) row += separator + cell(order);
    return `${row}\n`;
  };
}
