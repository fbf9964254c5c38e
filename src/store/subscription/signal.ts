/** A signal that there may be something to do. One that comes while nothing waits is kept. */
export class Signal {
  #pending: boolean = false;
  #resolve: (() => void) | undefined;
  #soon: NodeJS.Timeout | undefined;

  readonly notify = (): void => {
    this.#pending = true;
    this.#resolve?.();
  };

  /** Notifies in a tenth of a second, once for all who ask until then: of two sources that fail each wakes both. */
  notifySoon(): void {
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.notify();
    }, 100);
  }

  /** Resolves once notified; at once if that was since the last time. By one caller at a time. */
  async wait(): Promise<void> {
    if (!this.#pending) {
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
      });
    }
    this.#pending = false;
  }
}
