import type { OrderJson } from "../../store/order-json.js";
import type { Output } from "../io.js";
import type { Style } from "../render/style.js";
import type { Field } from "./fields.js";

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

/** A format of which each order is a row. */
export function rows(
  order: ListFormat["order"],
  begin: ListFormat["begin"] = () => "",
): ListFormat {
  return { begin, separator: "", end: () => "", always: false, tellsMore: false, order };
}

/** How each field of an order is written. */
export type Cells = Readonly<Record<Field, (order: OrderJson) => string>>;

/** Rows of fields. */
export function separated(
  fields: readonly Field[],
  cells: Cells,
  separator: string,
): ListFormat["order"] {
  const [first = () => "", ...others] = fields.map((field) => cells[field]);
  return (order) => {
    let row = first(order);
    for (const cell of others) row += separator + cell(order);
    return `${row}\n`;
  };
}
