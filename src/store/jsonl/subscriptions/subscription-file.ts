import { join } from "node:path";
import { LowSync } from "lowdb";
import { PLACED_AT_FORM } from "../../../domain/order.js";
import { OrdersError } from "../../../errors.js";
import type { SubscriptionState } from "../../subscription/progress.js";
import { DocumentFile } from "../files/document-file.js";
import type { Position } from "./position.js";

/**
 * Where one subscription is: `subscriptions/<name>.json`, a small lowdb document. `data` is what this process has
 * written last; reading goes past it, to see what others wrote.
 */
export class SubscriptionFile {
  readonly #adapter: DocumentFile<StoredState | null>;
  readonly #db: LowSync<StoredState | null>;

  constructor(directory: string, name: string) {
    const fix = `fix it: orders subscriptions reset ${name} --from <time or id>`;
    this.#adapter = new DocumentFile(join(directory, `${name}.json`), decode, fix);
    this.#db = new LowSync(this.#adapter, null);
  }

  /** What is on file; `undefined`: there is no such subscription. */
  read(): StoredState | undefined {
    return this.#adapter.read() ?? undefined;
  }

  /**
   * Puts another state on stable storage. The first time that makes this process the holder.
   *
   * @throws {OrdersError} `subscription-busy` if another process is the holder by now: one that could not be
   *   kept out; `store-damaged` if the file is gone.
   */
  save(state: SubscriptionState<Position>): void {
    const { data } = this.#db;
    if (data !== null) this.#assertHeldBy(data.holder);
    const holder = data?.holder ?? { pid: process.pid, since: new Date().toISOString() };
    this.#db.data = { ...state, holder };
    this.#db.write();
  }

  remove(): void {
    this.#adapter.remove();
  }

  #assertHeldBy({ pid, since }: Holder): void {
    const stored = this.read();
    if (stored === undefined) {
      throw new OrdersError("store-damaged", `${this.#adapter.path} is gone`, {
        hint: "the store was moved, or somebody removed the subscription",
      });
    }
    if (stored.holder.pid === pid && stored.holder.since === since) return;
    throw new OrdersError("subscription-busy", "another process took the subscription over", {
      hint: "what was not acknowledged here is delivered there",
    });
  }
}

/** What a document has. */
export interface StoredState extends SubscriptionState<Position> {
  readonly holder: Holder;
}

/** The process that changed a subscription last, and since when it could. */
interface Holder {
  readonly pid: number;
  readonly since: string;
}

function decode(value: unknown): StoredState {
  const { position, delivered, activeAt = null, holder } = (value ?? {}) as Partial<StoredState>;
  if (
    !isPosition(position) ||
    !Array.isArray(delivered) ||
    !delivered.every((each) => each === "settled" || isCount(each)) ||
    !(activeAt === null || (typeof activeAt === "string" && PLACED_AT_FORM.test(activeAt))) ||
    !isCount(holder?.pid) ||
    typeof holder?.since !== "string"
  ) {
    throw new Error("not the state of a subscription");
  }
  return { position, delivered, activeAt, holder };
}

function isPosition(value: Partial<Position> | undefined): value is Position {
  const { byte, prefixChecksum, after } = value ?? {};
  const isKnown = after === null || typeof after === "string";
  return isCount(byte) && typeof prefixChecksum === "string" && isKnown;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
