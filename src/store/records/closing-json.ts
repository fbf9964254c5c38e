import { type ClosedAs, type Closing, closedAs, closingFields } from "../../domain/closing.js";
import { safeJson } from "../../domain/printable.js";

/** A closing as the JSON text that it adds to its order: that is parsed once its time or remark is asked for. */
export class ClosingJson implements Closing {
  readonly id: string;
  readonly as: ClosedAs;
  /** Its fields, each after a comma; safe to print. */
  readonly fields: string;
  #parsed: Partial<Closing> | undefined;

  constructor(id: string, as: ClosedAs, fields: string) {
    this.id = id;
    this.as = as;
    this.fields = fields;
  }

  static of(closing: Closing): ClosingJson {
    if (closing instanceof ClosingJson) return closing;
    const fields = safeJson(closingFields(closing));
    const as = closedAs(closing) as ClosedAs;
    return new ClosingJson(closing.id, as, `,${fields.slice(1, -1)}`);
  }

  get cancelledAt(): string | undefined {
    return this.#parse().cancelledAt;
  }

  get reason(): string | undefined {
    return this.#parse().reason;
  }

  get completedAt(): string | undefined {
    return this.#parse().completedAt;
  }

  get completionNote(): string | undefined {
    return this.#parse().completionNote;
  }

  /** As a closing is in JSON. */
  toJSON(): Closing {
    return { id: this.id, ...this.#parse() };
  }

  #parse(): Partial<Closing> {
    this.#parsed ??= JSON.parse(`{${this.fields.slice(1)}}`) as Partial<Closing>;
    return this.#parsed;
  }
}
