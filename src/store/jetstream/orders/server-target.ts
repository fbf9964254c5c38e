import type { CopyTarget } from "../../order-store.js";
import { type Comparison, KnownRecords } from "../../records/known-records.js";
import { type OrderRecord, orderIdOf } from "../../records/record.js";
import { firstMessages, lastSeq } from "../messages/get-messages.js";
import type { StoredMessage } from "../messages/order-codec.js";
import { readBatches } from "../messages/read-messages.js";
import type { ServerConnection } from "../server/server-connection.js";
import { idOf, recordSubjects } from "../server/subjects.js";
import type { OrdersReader } from "./orders-reader.js";
import { type NewRecord, newRecord, type OrderPublisher, type Stored } from "./publisher.js";

/** What a {@link ServerTarget} works with. */
export interface ServerTargetDeps {
  readonly server: ServerConnection;
  readonly reader: OrdersReader;
  readonly publisher: OrderPublisher;
  readonly recordOf: (message: StoredMessage) => OrderRecord;
}

/** Stores many records on a server: see {@link CopyTarget}. */
export class ServerTarget implements CopyTarget {
  readonly #deps: ServerTargetDeps;
  readonly #known: KnownRecords;
  /** What is known was stored up to this number. */
  #seen = 0;

  private constructor(deps: ServerTargetDeps) {
    this.#deps = deps;
    this.#known = new KnownRecords(deps.server.location.shown);
  }

  static async open(deps: ServerTargetDeps): Promise<CopyTarget> {
    const target = new ServerTarget(deps);
    const { server, reader } = deps;
    target.#seen = await lastSeq(server, server.location.stream);
    for await (const records of reader.records()) {
      for (const record of records) target.#known.add(record);
    }
    return target;
  }

  compare(record: OrderRecord): Comparison {
    return this.#known.compare(record);
  }

  async store(records: readonly OrderRecord[]): Promise<readonly OrderRecord[]> {
    const missing = this.#known.missing(records);
    const stored = new Set<OrderRecord>();
    for (const kind of ["order", "closing"] as const) {
      const some = missing.filter((record) => record.kind === kind);
      const messages = some.map(newRecord);
      const published = await this.#publish(messages);
      for (const [index, record] of some.entries()) {
        if (this.#isStored(record, published[index] as Stored)) stored.add(record);
      }
    }
    return missing.filter((record) => stored.has(record));
  }

  /** @throws {OrdersError} `conflict`: another one was there first. */
  #isStored(record: OrderRecord, { holder, attempts }: Stored): boolean {
    const first = holder === undefined ? record : this.#deps.recordOf(holder);
    this.#known.add(first);
    if (first === record) return true;
    this.#known.refuseOther(record);
    if (first.kind === "closing" || record.kind === "closing") return attempts > 1;
    return attempts > 1 && first.order.placedAt === record.order.placedAt;
  }

  /**
   * Others may have stored the same meanwhile, on the other subject that an order has: they are looked for once for all,
   * and what is behind theirs is taken back. See {@link OrderPublisher.publishFirst}.
   */
  async #publish(messages: readonly NewRecord[]): Promise<Stored[]> {
    const { publisher } = this.#deps;
    const published = await publisher.publishAll(messages);
    const own = new Set(published.map(({ seq }) => seq));
    const to = Math.max(this.#seen, ...own);
    const subjects = new Set(messages.map(({ isImported }) => !isImported));
    const others = new Set<string>();
    for (const isImported of subjects) {
      for (const { seq, subject } of await this.#storedUntil(to, isImported)) {
        if (!own.has(seq)) others.add(idOf(subject));
      }
    }
    this.#seen = to;
    for (const [index, message] of others.size > 0 ? messages.entries() : []) {
      if (!others.has(orderIdOf(message))) continue;
      const other = { ...message, isImported: !message.isImported };
      const first = await publisher.withdrawn(published[index] as Stored, other);
      if (first !== undefined) published[index] = { ...first, seq: 0 };
    }
    return published;
  }

  /** What was stored since it was looked at last. */
  async #storedUntil(to: number, isImported: boolean): Promise<readonly StoredMessage[]> {
    const { server } = this.#deps;
    const { stream } = server.location;
    const place = { stream, subjects: recordSubjects(server.location, { isImported }) };
    const [first] = await firstMessages(server, place, this.#seen + 1);
    const found: StoredMessage[] = [];
    if (first === undefined || first.seq > to) return found;
    for await (const batch of readBatches(server, { ...place, from: first.seq, to })) {
      found.push(...batch);
    }
    return found;
  }
}
