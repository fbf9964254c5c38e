import type { OrderFilter } from "../../domain/order.js";
import type { OrderBytes } from "../../store/records/order-bytes.js";
import type { OrderJson } from "../../store/records/order-json.js";
import type { Output } from "../io.js";
import type { Style } from "../render/style.js";
import type { Field } from "./columns.js";
import type { Page } from "./page.js";

/** How a list of orders is written. */
export interface ListFormat {
  /** Written before the first orders; if there is none, only with {@link always}. */
  begin?(orders: readonly OrderJson[]): string;
  order(order: OrderJson): string;
  /** Adds to a page what {@link order} gives, of an order whose bytes are there: it is not made a text. */
  bytes?(order: OrderBytes, page: Page): void;
  readonly separator?: string;
  /** @param isCut whether older orders are left out. */
  end?(count: number, isCut: boolean): string;
  /** Whether an empty list is written too: an empty JSON array is a document, an empty table is not. */
  readonly always?: boolean;
  /** Whether the end says what is left out. */
  readonly reportsCut?: boolean;
}

/** What else decides how a list looks. */
export interface ListView {
  readonly output: Output;
  readonly style: Style;
  /** The columns; those of the format unless given. */
  readonly fields?: readonly Field[] | undefined;
  /** Of which state orders are listed. */
  readonly state: OrderFilter["state"];
  readonly now: Date;
}
