/**
 * What is to become of an order: a handler or a policy decides by throwing one. Every policy lets it pass, and
 * {@link settle} carries it out.
 */
export abstract class Decision extends Error {
  /** Whether the attempt counts: `false` if it was not made. */
  abstract readonly counted: boolean;
}

/** Sets the order aside. */
export class Park extends Decision {
  readonly counted: boolean;

  /** @param reason is kept with the order. */
  constructor(reason: string, counted = true) {
    super(reason);
    this.counted = counted;
  }
}

/** Has the order delivered again after a pause. */
export class TryLater extends Decision {
  readonly pauseMs: number | undefined;
  readonly counted: boolean;

  /** @param pauseMs as long as after a failure unless given. */
  constructor(reason: string, pauseMs?: number, counted = false) {
    super(reason);
    this.pauseMs = pauseMs;
    this.counted = counted;
  }
}

/** Ends the delivery of all orders with the cause, which concerns more than this one. */
export class Stop extends Decision {
  override readonly cause: unknown;
  readonly counted = false;

  constructor(cause: unknown) {
    super("stopped");
    this.cause = cause;
  }
}
