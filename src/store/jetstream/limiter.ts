/** Lets so many tasks run at once, in the order in which they came. */
export class Limiter {
  #free: number;
  #waiting: (() => void)[] = [];
  /** How many of the waiting have been let in: to shift a long array is slow. */
  #letIn = 0;

  constructor(size: number) {
    this.#free = size;
  }

  /** Runs a task once there is room. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      this.#letNextIn();
    }
  }

  #letNextIn(): void {
    const next = this.#waiting[this.#letIn];
    if (next === undefined) {
      this.#waiting = [];
      this.#letIn = 0;
      this.#free++;
    } else {
      this.#letIn++;
      next();
    }
  }
}
