import { parkingKey } from "../order-feed.js";
import type { EventSource, ParkedRecord, PendingEvent, RequestableRecords } from "./ports.js";

/** The parked events of a subscription that are to be delivered again, where one subscriber at a time is let in. */
export class RequestedRetries implements EventSource {
  readonly #records: RequestableRecords;
  readonly #name: string;
  readonly #due = new Set<string>();
  readonly #inFlight = new Set<string>();

  /** @param parked all that is parked: a retry that was requested, or that a crash interrupted, is due. */
  constructor(records: RequestableRecords, name: string, parked: readonly ParkedRecord[]) {
    this.#records = records;
    this.#name = name;
    for (const record of [...parked].sort((one, other) => one.number - other.number)) {
      if (isDue(record)) this.#due.add(parkingKey(record));
    }
  }

  /** Looks which retries are requested. One of what is retried already waits for its turn. */
  look(): void {
    try {
      for (const key of this.#records.requested(this.#name)) this.#due.add(key);
    } catch {
      // The store was moved or removed: the next read says so.
    }
  }

  async next(room: number): Promise<PendingEvent | undefined> {
    for (const key of room > 0 ? this.#due : []) {
      if (this.#inFlight.has(key)) continue;
      this.#due.delete(key);
      const record = await this.#records.get(this.#name, key);
      if (record === undefined) this.#records.forgetRequest(this.#name, key);
      else if (isDue(record)) return this.#begin(record, key);
    }
    return undefined;
  }

  async #begin(record: ParkedRecord, key: string): Promise<PendingEvent> {
    const attempt = record.retryAttempts + 1;
    this.#inFlight.add(key);
    await this.#records.put({ ...record, retryAttempts: attempt });
    this.#records.forgetRequest(this.#name, key); // one that comes later is for another retry
    return {
      event: record.event,
      order: record.order,
      attempt,
      isRepeated: true,
      retryOf: record,
      begin: (attempts) => this.#note(key, attempts),
      settle: async () => void this.#inFlight.delete(key),
      release: async (attempts) => {
        await this.#note(key, attempts);
        if (attempts === 0) await this.#records.requestRetry(this.#name, key);
      },
    };
  }

  /** Unless it was dropped meanwhile. */
  async #note(key: string, retryAttempts: number): Promise<void> {
    const record = await this.#records.get(this.#name, key);
    if (record !== undefined) await this.#records.put({ ...record, retryAttempts });
  }
}

function isDue({ isRetryRequested, retryAttempts }: ParkedRecord): boolean {
  return isRetryRequested || retryAttempts > 0;
}
