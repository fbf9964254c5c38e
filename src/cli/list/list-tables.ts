import type { OrderJson } from "../../store/order-json.js";
import { createTable } from "../render/table.js";
import { createDayList } from "./day-list.js";
import { FIELDS, type Field } from "./fields.js";
import { type ListFormat, type ListView, rows } from "./list-format.js";

/** A list for a person: by day on a terminal, else, or of chosen columns, a table. */
export function tableFormat(view: ListView): ListFormat {
  return view.output.isTerminal && view.fields === undefined ? days(view) : table(view);
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
