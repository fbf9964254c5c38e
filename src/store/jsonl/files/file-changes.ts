import { type FSWatcher, watch } from "node:fs";
import { Signal } from "../../subscription/signal.js";

/** Some file systems report no changes: how often to look in any case. */
const POLL_INTERVAL_MS = 1000;

/** Waits for changes in some directories: on the file system's events, and on a timer besides. */
export class FileChanges {
  readonly #watchers: FSWatcher[] = [];
  readonly #signal: AbortSignal | undefined;
  readonly #changed = new Signal();
  /** Something changed that the file system does not know of. */
  readonly notify = this.#changed.notify;

  /** @param directories must exist. Changes count from here on. */
  constructor(directories: readonly string[], signal?: AbortSignal) {
    this.#signal = signal;
    signal?.addEventListener("abort", this.notify);
    for (const directory of directories) this.#watch(directory);
  }

  /** Resolves once something may have changed since the last time, or the signal is aborted. */
  async wait(): Promise<void> {
    if (this.#signal?.aborted) return;
    const timer = setTimeout(this.notify, POLL_INTERVAL_MS);
    await this.#changed.wait();
    clearTimeout(timer);
  }

  close(): void {
    this.#signal?.removeEventListener("abort", this.notify);
    for (const watcher of this.#watchers) watcher.close();
  }

  #watch(directory: string): void {
    try {
      const watcher = watch(directory, this.notify);
      watcher.on("error", () => watcher.close());
      this.#watchers.push(watcher);
    } catch {
      // No events here, or too many are being watched already: the timer remains.
    }
  }
}
