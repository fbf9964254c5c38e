/** Runs tasks in the order in which they came, as many at once as there is room for; one that is larger runs alone. */
export class Limiter {
  readonly #room: number;
  #taken = 0;
  #waiting: { readonly size: number; readonly start: () => void }[] = [];
  /** How many of the waiting were started: to shift a long array is slow. */
  #started = 0;

  constructor(room: number) {
    this.#room = room;
  }

  /** How much room the running tasks take. */
  get taken(): number {
    return this.#taken;
  }

  /** Runs a task once there is room for it. */
  async run<T>(taskSize: number, task: () => Promise<T>): Promise<T> {
    const size = Math.min(taskSize, this.#room);
    await new Promise<void>((start) => {
      this.#waiting.push({ size, start });
      this.#start();
    });
    try {
      return await task();
    } finally {
      this.#taken -= size;
      this.#start();
    }
  }

  #start(): void {
    for (let next = this.#waiting[this.#started]; next; next = this.#waiting[this.#started]) {
      if (this.#taken + next.size > this.#room) return;
      this.#started++;
      this.#taken += next.size;
      next.start();
    }
    this.#waiting = [];
    this.#started = 0;
  }
}
