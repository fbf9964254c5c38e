import type { Environment } from "../settings.js";

/** Everything outside the process that the command line uses, apart from the store. */
export interface Io extends Environment {
  readonly stdin: { readonly isTerminal: boolean; read(): AsyncIterable<Uint8Array> };
  readonly stdout: Output;
  readonly stderr: Output;
  now(): Date;
  /**
   * From now on a stop signal calls `listener` instead of ending the process, between two turns of the
   * event loop. An order is appended, synced and acknowledged within one turn, which is not interrupted.
   */
  onStop(listener: (signal: StopSignal) => void): void;
  /**
   * Ends the process by a signal, so that a shell sees it and ends its loops too; with the exit code
   * that a shell gives it (128 + its number) where a process cannot end itself by a signal.
   */
  endBy(signal: StopSignal): void;
}

/** Where to write: stdout or stderr. */
export interface Output {
  /** Whether it is a terminal. */
  readonly isTerminal: boolean;
  /** The width of the terminal in columns; infinite for anything else. */
  readonly columns: number;
  /** The height of the terminal in lines; infinite for anything else. */
  readonly rows: number;
  /**
   * Writes all of `text`, or its bytes, before it returns.
   *
   * @returns `false` once nobody reads it any more (`| head`): no error, but writing on is no use.
   * @throws {OrdersError} `output-failed` if it cannot be written, for example to a full disk.
   */
  write(text: string | Uint8Array): boolean;
  /**
   * Writes without keeping the program from noticing a signal when a reader does not read: only where
   * that can happen, and never with another write at the same time.
   */
  readonly writeInBackground?: ((text: string) => Promise<boolean>) | undefined;
}

/** A signal that asks a process to stop: Ctrl-C, `kill`, a terminal that is closed, … */
export type StopSignal = NodeJS.Signals;

/** The same with some of it replaced. A copy would look up at once what is looked up when asked for. */
export function withChanges<T extends object>(whole: T, changes: Partial<T>): T {
  return Object.assign(Object.create(whole), changes);
}
