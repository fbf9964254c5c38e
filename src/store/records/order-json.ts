import { CLOSING_FIELDS, type Closing, closingOf } from "../../domain/closing.js";
import {
  foldCase,
  ID_FORM,
  type Order,
  type OrderFilter,
  orderFields,
  orderMatcher,
  PLACED_AT_FORM,
  PLACED_AT_LENGTH,
} from "../../domain/order.js";
import { safeJson } from "../../domain/printable.js";
import { ClosingJson } from "./closing-json.js";
import { ID_AT, ID_LENGTH, ITEMS_AT, type OrderBytes, PLACED_AT } from "./order-bytes.js";

/**
 * An order as the JSON text that `list --format ndjson` prints. Nothing is parsed until an item is asked
 * for, so that many orders can be listed, counted and filtered as text.
 */
export class OrderJson implements Order {
  /** The text without its last brace, which a piece of a file of orders may have elsewhere. */
  #text: string | undefined;
  /** The same in bytes. */
  readonly bytes: OrderBytes | undefined;
  #items: readonly string[] | undefined;
  #rest: Partial<Order> | undefined;

  private constructor(text: string | undefined, bytes?: OrderBytes) {
    this.#text = text;
    this.bytes = bytes;
  }

  /**
   * The order whose JSON text is among some bytes, which are UTF-8, safe to print, and kept.
   *
   * @param text of the bytes; ASCII if not given.
   */
  static within(bytes: OrderBytes, text?: string): OrderJson {
    return new OrderJson(text, bytes);
  }

  /** The order of a JSON text, as {@link OrderJson.of} writes it, that is given without its last brace. */
  static unclosed(fields: string): OrderJson {
    return new OrderJson(fields);
  }

  /** The order of a JSON text, as {@link OrderJson.of} writes it. */
  static from(json: string): OrderJson {
    return new OrderJson(json.slice(0, -1));
  }

  /** An order as JSON text; one that is that already, as it is. */
  static of(order: Order): OrderJson {
    if (order instanceof OrderJson) return order;
    const placed = OrderJson.from(safeJson(orderFields(order)));
    const closing = closingOf(order);
    return closing === undefined ? placed : placed.closed(closing);
  }

  get #fields(): string {
    if (this.#text === undefined && this.bytes !== undefined) {
      const { bytes, from, to } = this.bytes;
      this.#text = bytes.toString("latin1", from, to);
    }
    return this.#text ?? "";
  }

  /** One line, safe to print; the fields in the order of {@link Order}, without white space. */
  get json(): string {
    return `${this.#fields}}`;
  }

  /** About how long {@link OrderJson.json} is. */
  get length(): number {
    return this.bytes === undefined ? this.#fields.length : this.bytes.to - this.bytes.from;
  }

  get id(): string {
    return this.#fields.slice(ID_AT, ID_AT + ID_LENGTH);
  }

  get placedAt(): string {
    return this.#fields.slice(PLACED_AT, PLACED_AT + PLACED_AT_LENGTH);
  }

  /** The items as a JSON array. */
  get itemsJson(): string {
    return this.#fields.slice(ITEMS_AT, endOfItems(this.#fields));
  }

  /** What the order is for, as JSON: all but id, time and trace, and without what closed it. */
  get contentJson(): string {
    const content = this.placedJson.slice(ITEMS_AT, -1);
    return content.endsWith(ITEMS_END) ? content : content.replace(TRACE_AT_END, "");
  }

  get items(): readonly string[] {
    this.#items ??= JSON.parse(this.itemsJson) as string[];
    return this.#items;
  }

  get for(): string | undefined {
    return this.#parsedRest().for;
  }

  get note(): string | undefined {
    return this.#parsedRest().note;
  }

  get traceparent(): string | undefined {
    return this.#parsedRest().traceparent;
  }

  get cancelledAt(): string | undefined {
    return this.#parsedRest().cancelledAt;
  }

  get reason(): string | undefined {
    return this.#parsedRest().reason;
  }

  get completedAt(): string | undefined {
    return this.#parsedRest().completedAt;
  }

  get completionNote(): string | undefined {
    return this.#parsedRest().completionNote;
  }

  /** The order as its closing leaves it. */
  closed(closing: Closing): OrderJson {
    return OrderJson.unclosed(this.#fields + ClosingJson.of(closing).fields);
  }

  /** The fields that follow the items. */
  #parsedRest(): Partial<Order> {
    if (this.#fields.endsWith(ITEMS_END)) return NOTHING;
    this.#rest ??= JSON.parse(`{${this.#fields.slice(endOfItems(this.#fields) + 1)}}`) as Order;
    return this.#rest;
  }

  /** The same order with another id, or placed at another time. */
  with({
    id = this.id,
    placedAt = this.placedAt,
  }: Partial<Pick<Order, "id" | "placedAt">>): OrderJson {
    const rest = this.#fields.slice(PLACED_AT + PLACED_AT_LENGTH);
    return new OrderJson(`{"id":"${id}","placedAt":"${placedAt}${rest}`);
  }

  /** The text without what closed it. */
  get placedJson(): string {
    if (this.#fields.endsWith(ITEMS_END)) return this.json;
    return `${this.#fields.slice(0, this.#fields.search(CLOSING))}}`;
  }

  /** As an order is in JSON. */
  toJSON(): Order {
    return this.parse();
  }

  /** The order as plain data. */
  parse(): Order {
    return JSON.parse(this.json) as Order;
  }
}

/** The order that a text is if it is plain ASCII, byte for byte as we write it: it need not be parsed. */
export function plainOrder(text: string): OrderJson | undefined {
  return text.length <= MAX_PLAIN_CHARACTERS && PLAIN_ORDER.test(text)
    ? OrderJson.from(text)
    : undefined;
}

const TRACE = ',"traceparent":"[0-9a-f-]{55}"';
const TRACE_AT_END = new RegExp(`${TRACE}$`);
/** A text of printable ASCII that JSON need not escape, and that is not blank. */
const PLAIN_TEXT = '" *[!#-[\\]-~][ !#-[\\]-~]*"';
/** An order of such texts, byte for byte as it is encoded. */
const PLAIN_ORDER = new RegExp(
  `^\\{"id":"${unanchored(ID_FORM)}","placedAt":"${unanchored(PLACED_AT_FORM)}","items":\\[${PLAIN_TEXT}(?:,${PLAIN_TEXT})*\\](?:,"for":${PLAIN_TEXT})?(?:,"note":${PLAIN_TEXT})?(?:${TRACE})?\\}$`,
);
/** An expression needs memory for each item. */
const MAX_PLAIN_CHARACTERS = 4096;

function unanchored({ source }: RegExp): string {
  return source.slice(1, -1);
}

/** Where the items end. In a JSON text the quotes of the next name cannot be those of an item: they are escaped. */
function endOfItems(fields: string): number {
  if (fields.endsWith(ITEMS_END)) return fields.length;
  return fields.search(NEXT_FIELD) + 1;
}

const ITEMS_END = "]";
const CLOSING_NAMES = CLOSING_FIELDS.join("|");
const NEXT_FIELD = new RegExp(`\\],"(?:for|note|traceparent|${CLOSING_NAMES})":"`);
const CLOSING = new RegExp(`(?:,"(?:${CLOSING_NAMES})":"(?:[^"\\\\]|\\\\.)*")*$`);
const NOTHING: Partial<Order> = {};

/** The filter as a predicate that parses only what it has to. */
export function orderJsonMatcher(filter: OrderFilter): (order: OrderJson) => boolean {
  const { item = [], ...others } = filter;
  const texts = [item].flat().map(foldCase);
  const matches = orderMatcher(filter);
  // Of one character it may stand between two items, and with a quote reach from one into the next.
  if (texts.length === 0 || texts.some((text) => text.length < 2 || text.includes('"'))) {
    return matches;
  }
  const matchesOthers = orderMatcher(others);
  return (order) => {
    const { itemsJson } = order;
    // Only in plain text is case a matter of 26 letters, and an item what stands between its quotes.
    if (!PLAIN.test(itemsJson)) return matches(order);
    const folded = itemsJson.toLowerCase();
    return matchesOthers(order) && texts.every((text) => folded.includes(text));
  };
}

/** Printable ASCII without a backslash. */
const PLAIN = /^[ -[\]-~]*$/;
