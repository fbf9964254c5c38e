/** Work that has begun and is not finished: whoever closes what it uses waits for it. */
export class PendingWork {
  readonly #tasks = new Set<Promise<unknown>>();

  /** Notes a task until it is finished, or has failed, and returns it. */
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
}
