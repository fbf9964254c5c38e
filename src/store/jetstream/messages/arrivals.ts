import type { Msg } from "@nats-io/transport-node";
import { Signal } from "../../subscription/signal.js";

/** Messages that have arrived and were not taken yet. */
export class Arrivals {
  #messages: Msg[] = [];
  #failure: Error | undefined;
  readonly #changed = new Signal();

  add(msg: Msg): void {
    if (this.#messages.push(msg) === 1) this.#changed.notify();
  }

  /** No more will come. */
  end(failure: Error): void {
    this.#failure ??= failure;
    this.#changed.notify();
  }

  /** All that have arrived since the last call, at least one. Throws what it was ended with. */
  async next(): Promise<readonly Msg[]> {
    while (this.#messages.length === 0 && this.#failure === undefined) await this.#changed.wait();
    if (this.#failure !== undefined) throw this.#failure;
    const messages = this.#messages;
    this.#messages = [];
    return messages;
  }
}
