import { escapeUnsafe } from "../../domain/printable.js";
import type { OrderJson } from "../../store/order-json.js";
import type { Output } from "../io.js";
import type { Style } from "../render/style.js";
import { FIELDS, type Field } from "./fields.js";

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

/** How a list of orders is written. */
export interface ListFormat {
  /** Written before the first orders; if there is none, only with {@link always}. */
  begin?(orders: readonly OrderJson[]): string;
  order(order: OrderJson): string;
  readonly separator?: string;
  /** @param isCut whether older orders are left out. */
  end?(count: number, isCut: boolean): string;
  /** Whether an empty list is written too: an empty JSON array is a document, an empty table is not. */
  readonly always?: boolean;
  /** Whether the end says what is left out. */
  readonly tellsMore?: boolean;
}

/** What else decides how a list looks. */
export interface ListView {
  readonly output: Output;
  readonly style: Style;
  /** The columns; those of the format unless given. */
  readonly fields?: readonly Field[] | undefined;
  /** Whether cancelled orders are listed too. */
  readonly all?: boolean | undefined;
  readonly now: Date;
}

/** How what is written between separators is kept apart from them. */
export interface Escaping {
  text(text: string): string;
  /** Of the items, which are a JSON array: one field however many there are, without raw tabs and newlines. */
  json(json: string): string;
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
