import type { Environment } from "../settings.js";

/** Somewhere to write: stdout or stderr. */
export interface Output {
  /** Whether a person is looking at it. */
  readonly isTerminal: boolean;
  /** The width of the terminal in columns; infinite where there is none. */
  readonly columns: number;
  /**
   * Writes all of `text` before it returns.
   *
   * @returns `false` once the reader has gone (`| head`): no error, but no use to go on either.
   * @throws {OrdersError} `output-failed` if it cannot be written, for example to a full disk.
   */
  write(text: string): boolean;
}

/** Asks a process to stop: Ctrl-C, or `kill`. */
export type StopSignal = "SIGINT" | "SIGTERM";

/** Everything of the world outside that the command line touches, apart from the store. */
export interface Io extends Environment {
  readonly stdin: { readonly isTerminal: boolean; read(): AsyncIterable<Uint8Array> };
  readonly stdout: Output;
  readonly stderr: Output;
  now(): Date;
  /**
   * From now on a signal that asks the process to stop is told to `listener` instead, between two
   * turns of the event loop. An order is appended, synced and acknowledged within one turn: nothing
   * comes in between.
   */
  onStop(listener: (signal: StopSignal) => void): void;
  /** Ends the process by a signal, so that a shell sees what ended it: its loops stop then too. */
  endBy(signal: StopSignal): void;
}
