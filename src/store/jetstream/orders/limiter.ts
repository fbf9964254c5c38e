/** Runs at most so many tasks at once, in the order in which they came. */
export class Limiter {
  #free: number;
  #waiting: (() => void)[] = [];
  /** How many of the waiting were started: to shift a long array is slow. */
  #started = 0;

  constructor(size: number) {
    this.#free = size;
  }

  /** Runs a task once fewer are running. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting[this.#started++];
      if (next === undefined) {
        this.#waiting = [];
        this.#started = 0;
        this.#free++;
      } else next();
    }
  }
}
