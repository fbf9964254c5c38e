import { OrdersError } from "../errors.js";

/** Unfinished work: closing what it uses waits for it, and refuses more. */
export class PendingWork {
  readonly #tasks = new Set<Promise<unknown>>();
  #isClosed: boolean = false;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** @throws {OrdersError} `invalid-usage`: it is closed. */
  assertOpen(): void {
    if (this.#isClosed) throw new OrdersError("invalid-usage", "the orders are closed");
  }

  /**
   * Begins a task, and notes it until it is finished, or has failed.
   *
   * @throws {OrdersError} `invalid-usage`: it is closed.
   */
  run<T>(begin: () => Promise<T>): Promise<T> {
    this.assertOpen();
    return this.add(begin());
  }

  /** Notes a task that has begun. */
  add<T>(task: Promise<T>): Promise<T> {
    const end = () => void this.#tasks.delete(task);
    this.#tasks.add(task);
    task.then(end, end);
    return task;
  }

  /** Resolves once nothing is pending, nor was added meanwhile. */
  async finished(): Promise<void> {
    while (this.#tasks.size > 0) await Promise.allSettled(this.#tasks);
  }

  /** Refuses what is to begin from now on, and resolves once nothing is pending. */
  close(): Promise<void> {
    this.#isClosed = true;
    return this.finished();
  }
}
