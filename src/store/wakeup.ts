/** Something to wait on until there may be something to do. What happens before counts too. */
export class Wakeup {
  readonly #state: { pending: boolean } = { pending: false };
  #resolve: (() => void) | undefined;

  /** There is. */
  readonly now = (): void => {
    this.#state.pending = true;
    this.#resolve?.();
  };

  /** There may be before long. */
  soon(): void {
    setTimeout(this.now, 100);
  }

  async next(): Promise<void> {
    if (!this.#state.pending) {
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
      });
    }
    this.#state.pending = false;
  }
}
