/** How an order in flight was settled: it is either acknowledged or parked. */
export class Settlement {
  #result: "acknowledged" | "parked" | undefined;

  /**
   * Settles it, and returns whether it was not settled before.
   *
   * @throws {Error} it was settled in the other way.
   */
  settle(result: "acknowledged" | "parked"): boolean {
    if (this.#result !== result) this.mustBeOpen();
    const isFirst = this.#result === undefined;
    this.#result = result;
    return isFirst;
  }

  /** @throws {Error} it was settled. */
  mustBeOpen(): void {
    if (this.#result !== undefined) throw new Error(`this delivery is already ${this.#result}`);
  }
}
