import type { OrderJson } from "../../domain/order-json.js";
import { escapeUnsafe, safeJson } from "../../domain/printable.js";
import type { Output } from "../io.js";
import { createDayList } from "./day-list.js";
import { FIELDS, type Field } from "./fields.js";
import type { Style } from "./style.js";
import { createTable } from "./table.js";

/** The output formats of `list`. */
export const FORMATS = ["table", "tsv", "csv", "ndjson", "json"] as const;

/** One of {@link FORMATS}. */
export type Format = (typeof FORMATS)[number];

/** How a list of orders is written. */
export interface ListFormat {
  /** Written before the first orders; if there is none, only with {@link always}. */
  begin(orders: readonly OrderJson[]): string;
  readonly separator: string;
  /** @param isCut whether older orders are left out. */
  end(count: number, isCut: boolean): string;
  /** Whether an empty list is written too: an empty JSON array is a document, an empty table is not. */
  readonly always: boolean;
  /** Whether the end says what is left out. */
  readonly tellsMore: boolean;
  order(order: OrderJson): string;
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

/** How to write orders in a format. */
export function listFormat(format: Format, view: ListView): ListFormat {
  switch (format) {
    case "table":
      return view.output.isTerminal && view.fields === undefined ? days(view) : table(view);
    case "tsv":
      return rows(separated(view.fields ?? tsvFields(view), TSV_CELLS, "\t"));
    case "csv": {
      const { fields = FIELDS } = view;
      const row = separated(fields, CSV_CELLS, ",");
      return { ...rows(row, () => `${fields.join(",")}\n`), always: true };
    }
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

function rows(order: ListFormat["order"], begin: ListFormat["begin"] = () => ""): ListFormat {
  return { begin, separator: "", end: () => "", always: false, tellsMore: false, order };
}

function days({ output, style, now }: ListView): ListFormat {
  const list = createDayList(output.columns, style, now);
  return {
    ...rows((order) => list.row(order)),
    begin(orders) {
      list.begin(orders);
      return "";
    },
    end: (count, isCut) => list.end(count, isCut),
    tellsMore: true,
  };
}

function table({ output, style, fields }: ListView): ListFormat {
  const shown = createTable(fields ?? TABLE_FIELDS, output.columns, style);
  const hasHeading = (field: Field, orders: readonly OrderJson[]) =>
    fields !== undefined || field !== "for" || orders.some((order) => order.for !== undefined);
  return rows(
    (order) => shown.row(order),
    (orders) => shown.heading(FIELDS.filter((field) => hasHeading(field, orders))),
  );
}

/** `for` only if there is one. */
const TABLE_FIELDS = ["placedAt", "id", "items", "for"] as const;

function tsvFields({ all }: ListView): readonly Field[] {
  return all ? ["placedAt", "id", "items", "cancelledAt"] : ["placedAt", "id", "items"];
}

type Cells = Readonly<Record<Field, (order: OrderJson) => string>>;

function separated(fields: readonly Field[], cells: Cells, separator: string): ListFormat["order"] {
  const [first = () => "", ...others] = fields.map((field) => cells[field]);
  return (order) => {
    let row = first(order);
    for (const cell of others) row += separator + cell(order);
    return `${row}\n`;
  };
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

/**
 * CSV of {@link https://www.rfc-editor.org/rfc/rfc4180 RFC 4180}. As a JSON
 * array items begin with `[`, so that no spreadsheet takes an item for a formula. Where spreadsheets
 * split at semicolons, one in an item would begin a cell: it is written as `\u003b`, the same to
 * JSON ({@link https://owasp.org/www-community/attacks/CSV_Injection}).
 */
const CSV_CELLS: Cells = {
  placedAt: ({ placedAt }) => placedAt,
  id: ({ id }) => id,
  items: ({ itemsJson }) => csvJson(itemsJson),
  for: (order) => csvText(order.for),
  note: ({ note }) => csvText(note),
  cancelledAt: ({ cancelledAt = "" }) => cancelledAt,
  reason: ({ reason }) => csvText(reason),
};

/** A text as it is where that is safe, else as a JSON string, which begins with a quote. */
function csvText(text: string | undefined): string {
  if (text === undefined) return "";
  const json = safeJson(text);
  const isSafe = json === `"${text}"` && /^[\p{L}\p{N}][^;,]*$/u.test(text);
  return isSafe ? text : csvJson(json);
}

function csvJson(json: string): string {
  return `"${json.replaceAll(";", "\\u003b").replaceAll('"', '""')}"`;
}
