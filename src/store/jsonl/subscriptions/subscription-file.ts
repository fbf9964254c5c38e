import { join } from "node:path";
import { LowSync } from "lowdb";
import { PLACED_AT_FORM } from "../../../domain/order.js";
import { OrdersError } from "../../../errors.js";
import { isSubscriptionName } from "../../order-feed.js";
import { DocumentFile, documentNames } from "../files/document-file.js";
import type { Position } from "./position.js";

/** The durable state of one subscription: a small lowdb document, `subscriptions/<name>.json`. */
export class SubscriptionFile {
  readonly #adapter: DocumentFile<SubscriptionState | null>;
  readonly #db: LowSync<SubscriptionState | null>;

  constructor(directory: string, name: string) {
    const fix = `fix it: orders subscriptions reset ${name} --from <time or id>`;
    this.#adapter = new DocumentFile(join(directory, `${name}.json`), decodeState, fix);
    this.#db = new LowSync(this.#adapter, null);
  }

  /** The state as it is on file; `null` if there is no such subscription. */
  read(): SubscriptionState | null {
    this.#db.data = null;
    this.#db.read();
    return this.#db.data;
  }

  /** Puts another state on stable storage. */
  write(state: SubscriptionState): void {
    this.#db.data = state;
    this.#db.write();
  }

  /** The state as its holder has it. Changes of it become durable with the next {@link update}. */
  get data(): SubscriptionState {
    if (this.#db.data === null) throw this.#gone();
    return this.#db.data;
  }

  /**
   * Changes the state, and puts it on stable storage.
   *
   * @throws {OrdersError} `subscription-busy` if another process holds the subscription by now: one that
   *   could not be kept out; `store-damaged` if it is gone.
   */
  update(change: (state: SubscriptionState) => void): void {
    const { data } = this;
    const holder = (this.#adapter.read() ?? fail(this.#gone())).holder;
    if (holder?.pid !== data.holder?.pid || holder?.since !== data.holder?.since) {
      throw new OrdersError("subscription-busy", "another process took the subscription over", {
        hint: "what was not acknowledged here is delivered there",
      });
    }
    this.#db.update(() => change(data));
  }

  remove(): void {
    this.#adapter.remove();
  }

  #gone(): OrdersError {
    return new OrdersError("store-damaged", `${this.#adapter.path} is gone`, {
      hint: "the store was moved, or somebody removed the subscription",
    });
  }
}

/** Where a subscription is in the feed. */
export interface SubscriptionState {
  /** Behind the last order that was acknowledged with all before it. */
  position: Position;
  /** Up to this byte orders were delivered; those behind the position are not acknowledged. */
  deliveredTo: number;
  /** How often they were tried. */
  attempts: number;
  /** The process that subscribed last, and when: who finds another one here was displaced. */
  holder: { readonly pid: number; readonly since: string } | null;
  /** ISO 8601, UTC; `null` before the first order. */
  activeAt: string | null;
}

/** The subscriptions of a directory, by name. */
export function subscriptionNames(directory: string): string[] {
  return documentNames(directory).filter(isSubscriptionName);
}

/** Reads a state; of an earlier version too, which had other names for two fields. */
function decodeState(value: unknown): SubscriptionState {
  const { position, holder = null, activeAt = null, ...rest } = (value ?? {}) as Stored;
  const { byte, after, prefixChecksum = position?.mark } = position ?? {};
  const { attempts, deliveredTo = rest.handedOver } = rest;
  if (
    !isCount(byte) ||
    typeof prefixChecksum !== "string" ||
    (after !== null && typeof after !== "string") ||
    !isCount(deliveredTo) ||
    !isCount(attempts) ||
    !isHolder(holder) ||
    !isTime(activeAt)
  ) {
    throw new Error("not the state of a subscription");
  }
  const decoded = { byte, prefixChecksum, after };
  return { position: decoded, deliveredTo, attempts, holder, activeAt };
}

type Stored = Partial<Omit<SubscriptionState, "position">> & {
  readonly position?: Partial<Position> & { readonly mark?: string };
  readonly handedOver?: number;
};

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isHolder(value: SubscriptionState["holder"]): boolean {
  return value === null || (isCount(value.pid) && typeof value.since === "string");
}

function isTime(value: SubscriptionState["activeAt"]): boolean {
  return value === null || (typeof value === "string" && PLACED_AT_FORM.test(value));
}

function fail(error: Error): never {
  throw error;
}
