/** A signal that there may be something to do. One that comes while nothing waits is kept. */
export class Signal {
  #pending: boolean = false;
  #resolve: (() => void) | undefined;

  readonly notify = (): void => {
    this.#pending = true;
    this.#resolve?.();
  };

  /** Notifies in a tenth of a second. */
  notifySoon(): void {
    setTimeout(this.notify, 100);
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
