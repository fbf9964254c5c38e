import { escapeUnsafe } from "../../domain/printable.js";
import type { Field } from "./fields.js";
import { type Cells, type ListFormat, type ListView, rows, separated } from "./list-format.js";

/** The output formats of `list`. */
export const FORMATS = ["table", "tsv", "csv", "ndjson", "json"] as const;

/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number];

/** How to write orders in a format. What only one format needs is loaded for that one. */
export async function listFormat(format: Format, view: ListView): Promise<ListFormat> {
  switch (format) {
    case "table":
      return (await import("./list-tables.js")).tableFormat(view);
    case "tsv":
      return rows(separated(view.fields ?? tsvFields(view), TSV_CELLS, "\t"));
    case "csv":
      return (await import("./csv.js")).csvFormat(view);
    case "ndjson":
      return rows(({ json }) => `${json}\n`);
    case "json":
      return {
        ...rows(
          ({ json }) => json,
          () => "[",
        ),
        separator: ",\n",
        end: () => "]\n",
        always: true,
      };
  }
}

function tsvFields({ all }: ListView): readonly Field[] {
  return all ? ["placedAt", "id", "items", "cancelledAt"] : ["placedAt", "id", "items"];
}

/**
 * The items are a JSON array: one field however many there are, without raw tabs and newlines; other
 * texts are escaped as everywhere.
 */
const TSV_CELLS: Cells = {
  placedAt: ({ placedAt }) => placedAt,
  id: ({ id }) => id,
  items: ({ itemsJson }) => itemsJson,
  for: (order) => escapeUnsafe(order.for ?? ""),
  note: ({ note = "" }) => escapeUnsafe(note),
  cancelledAt: ({ cancelledAt = "" }) => cancelledAt,
  reason: ({ reason = "" }) => escapeUnsafe(reason),
};
