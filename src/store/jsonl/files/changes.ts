import { type FSWatcher, watch } from "node:fs";
import { Signal } from "../../signal.js";

/** In milliseconds: how often to look where the file system does not tell of changes. */
const POLL = 1000;

/**
 * Tells when something in some directories may have changed: from the file system's own events,
 * and every second for those that send none.
 */
export class Changes {
  readonly #watchers: FSWatcher[] = [];
  readonly #signal: AbortSignal | undefined;
  readonly #changed = new Signal();
  /** Something changed that the file system does not know of. */
  readonly notice = this.#changed.notify;

  /** @param directories must exist. Events count from here on. */
  constructor(directories: readonly string[], signal?: AbortSignal) {
    this.#signal = signal;
    signal?.addEventListener("abort", this.notice);
    for (const directory of directories) this.#watch(directory);
  }

  /** Resolves once something may have changed since the last time, or the signal is aborted. */
  async next(): Promise<void> {
    if (this.#signal?.aborted) return;
    const timer = setTimeout(this.notice, POLL);
    await this.#changed.wait();
    clearTimeout(timer);
  }

  close(): void {
    this.#signal?.removeEventListener("abort", this.notice);
    for (const watcher of this.#watchers) watcher.close();
  }

  #watch(directory: string): void {
    try {
      const watcher = watch(directory, this.notice);
      watcher.on("error", () => watcher.close());
      this.#watchers.push(watcher);
    } catch {
      // No events here, or too many are watching already: the poll remains.
    }
  }
}
