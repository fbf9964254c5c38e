import { dirname } from "node:path";
import { type ClosedOrder, type Closing, closedAs, closedOrder } from "../../../domain/closing.js";
import type { ClosedResult, PlacedOrder } from "../../../domain/commands.js";
import { newId } from "../../../domain/new-id.js";
import { contentDifference, type Order, orderFields } from "../../../domain/order.js";
import { OrdersError } from "../../../errors.js";
import type { StoreAs } from "../../records/record.js";
import { closedBefore, refuseConflict } from "../../records/refuse-conflict.js";
import type { Claim, StoredRecord } from "../lines/order-codec.js";
import type { RecordLine } from "../lines/scanned-line.js";
import type { OrdersFile } from "./orders-file.js";
import { outcomeUnknown, type SaveQueue } from "./save-queue.js";
import type { StoredOrders } from "./stored-orders.js";

/**
 * Stores what can be there once only: an order under an id that its caller chose, what closes one. Several
 * processes may do that at the same time: see {@link Claim}. It is given what `storableOrder` or
 * `storableClosing` made.
 */
export class ClaimedSaves {
  readonly #file: OrdersFile;
  readonly #saves: SaveQueue;
  readonly #stored: StoredOrders;

  constructor(file: OrdersFile, saves: SaveQueue, stored: StoredOrders) {
    this.#file = file;
    this.#saves = saves;
    this.#stored = stored;
  }

  /** See {@link OrderRepository.saveIfNew}. */
  async saveIfNew(order: Order, as: StoreAs = {}): Promise<PlacedOrder> {
    const { id } = order;
    const claim = this.#newClaim();
    const { reader } = this.#stored;
    const holder = reader.attempt(() => reader.holderOf(id));
    if (holder === undefined) {
      const record = { kind: "order", order, claim, ...as } as const;
      const first = await this.#append(record, () => reader.holderOf(id, claim.checkedTo));
      return placed(order, first?.order ?? order, first !== undefined);
    }
    if (!contentDifference(holder.order, order)) {
      this.#confirm({ kind: "order", order }, () => this.#file.sync()); // its own writer may not have synced it yet
    }
    const line = reader.attempt(() => reader.closingOf(id));
    return placed(order, line ? holder.order.closed(line.closing) : holder.order, true);
  }

  /** See {@link OrderRepository.closeOrder}. */
  async closeOrder(closing: Closing, as: StoreAs = {}): Promise<ClosedResult> {
    const { id } = closing;
    const claim = this.#newClaim();
    const record = { kind: "closing", closing, claim, ...as } as const;
    const [order] = this.#stored.findByIdPrefix(id, 1);
    if (order === undefined) throw OrdersError.noOrder(id, dirname(this.#file.path));
    if (closedAs(order) !== undefined) {
      this.#confirm(record, () => this.#file.sync());
      return closedBefore(order as ClosedOrder, closing);
    }
    const { reader } = this.#stored;
    const first = await this.#append(record, () => reader.closingOf(id, claim.checkedTo));
    if (first !== undefined) return closedBefore(closedOrder(order, first.closing), closing);
    return { order: closedOrder(order, closing), replayed: false };
  }

  /** Appends a record. Of several processes the first line on file decides: it is returned if it is another one. */
  async #append<T extends RecordLine>(
    record: StoredRecord,
    find: () => T | undefined,
  ): Promise<T | undefined> {
    await this.#saves.add([record]);
    const first = this.#confirm(record, find);
    return first?.claim?.token === record.claim?.token ? undefined : first;
  }

  /** The claim of the record that is appended next: what is on file now was searched for its like. */
  #newClaim(): Claim {
    const { reader } = this.#stored;
    const checkedTo = reader.attempt(() => reader.endOfLastLine());
    return { checkedTo, token: newId().slice(0, 8) };
  }

  /** Makes sure that a record is on file, or sees what is: if that fails, nobody knows what became of it. */
  #confirm<T>(record: StoredRecord, action: () => T): T {
    try {
      return action();
    } catch (error) {
      throw outcomeUnknown(record, this.#file, error);
    }
  }
}

/** @throws {OrdersError} `conflict` if the holder of the id is another order. */
function placed(requested: Order, holder: Order, replayed: boolean): PlacedOrder {
  refuseConflict(holder, requested);
  return { order: orderFields(holder), replayed };
}
