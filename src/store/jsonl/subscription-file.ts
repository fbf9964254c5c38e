import { join } from "node:path";
import { LowSync } from "lowdb";
import { OrdersError } from "../../errors.js";
import { isSubscriptionName } from "../order-feed.js";
import { DocumentFile, documentNames } from "./files/document-file.js";
import type { Position } from "./position.js";

/** Where a subscription stands, as `subscriptions/<name>.json` has it. */
export interface SubscriptionState {
  /** Behind the last order that was acknowledged with all before it. */
  readonly position: Position;
  /** Up to this byte orders were handed over; those behind the position are not acknowledged. */
  readonly handedOver: number;
  /** How often they were. */
  readonly attempts: number;
  /** The process that subscribed last, and when: who finds another one here was displaced. */
  readonly holder: { readonly pid: number; readonly since: string } | null;
  /** ISO 8601, UTC; `null` before the first order. */
  readonly activeAt: string | null;
}

/** The durable state of one subscription: a small lowdb document. */
export class SubscriptionFile {
  readonly #db: LowSync<SubscriptionState | null>;
  readonly #adapter: DocumentFile<SubscriptionState | null>;

  constructor(directory: string, name: string) {
    const mend = `mend it: orders subscriptions reset ${name} --from <time or id>`;
    this.#adapter = new DocumentFile(join(directory, `${name}.json`), problem, mend);
    this.#db = new LowSync(this.#adapter, null);
  }

  /** The state as it is on file; `null` if there is no such subscription. */
  read(): SubscriptionState | null {
    this.#db.data = null;
    this.#db.read();
    return this.#db.data;
  }

  /** Puts the state on stable storage. */
  write(state: SubscriptionState): void {
    this.#db.data = state;
    this.#db.write();
  }

  /**
   * Puts on stable storage what its holder has changed.
   *
   * @throws {OrdersError} `subscription-busy` if another process holds it by now: one that could not
   *   be kept out, for example in a container of its own; `store-damaged` if it is gone.
   */
  update(state: SubscriptionState): void {
    const current = this.read();
    if (current === null) {
      throw new OrdersError("store-damaged", `${this.#adapter.path} is gone`, {
        hint: "the store was moved, or somebody removed the subscription",
      });
    }
    const { holder } = current;
    if (holder?.pid !== state.holder?.pid || holder?.since !== state.holder?.since) {
      throw new OrdersError("subscription-busy", "another process took the subscription over", {
        hint: "what it has not acknowledged here will be handed over there",
      });
    }
    this.write(state);
  }

  remove(): void {
    this.#adapter.remove();
  }
}

/** The subscriptions of a directory, by name. */
export function subscriptionNames(directory: string): string[] {
  return documentNames(directory).filter(isSubscriptionName);
}

function problem(value: unknown): string | undefined {
  const { position, handedOver, attempts } = (value ?? {}) as Partial<SubscriptionState>;
  const { byte, mark, after } = (position ?? {}) as Partial<Position>;
  const whole =
    isCount(byte) &&
    typeof mark === "string" &&
    (after === null || typeof after === "string") &&
    isCount(handedOver) &&
    isCount(attempts);
  return whole ? undefined : "not the position of a subscription";
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
