import { basename } from "node:path";
import { systemMessage } from "../../error-message.js";
import { type ErrorFacts, OrdersError, systemErrorCode } from "../../errors.js";

/**
 * Puts what the operating system said into one sentence: what could not be done, why and where.
 * Any other error is an internal one and is returned as it is.
 */
export function storeFailure(
  action: string,
  path: string,
  error: unknown,
  record?: ErrorFacts["record"],
): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  const hint = NO_FILE.includes(code) ? `${basename(path)} must be a file` : HINTS[code];
  const message = `cannot ${action}: ${systemMessage(error)}: ${path}`;
  const details = { cause: error, hint, location: path, record };
  return new OrdersError(systemErrorCode(error), message, details);
}

/** Does something, and says what could not be done: see {@link storeFailure}. */
export function attempt<T>(action: string, path: string, does: () => T): T {
  try {
    return does();
  } catch (error) {
    throw storeFailure(action, path, error);
  }
}

/** What to do where there is nothing wrong with any file. */
export const FILE_LIMIT_HINTS: Readonly<Record<string, string>> = {
  EMFILE: "raise the limit on open files (ulimit -n)",
  ENFILE: "close other programs: the machine has too many files open",
};

const PERMISSION = "make it readable and writable for you";
const DIRECTORY = "a store is a directory";

/** Something else is there: a directory, a pipe, a device, a socket. */
const NO_FILE = ["EISDIR", "ENOTFILE", "ENXIO"];

const HINTS: Readonly<Record<string, string>> = {
  ENOSPC: "make room",
  EDQUOT: "make room",
  EFBIG: "raise the limit on file sizes (ulimit -f)",
  EACCES: PERMISSION,
  EPERM: PERMISSION,
  ENOENT: "dangling link; is the disk mounted?",
  ENOTDIR: DIRECTORY,
  EEXIST: DIRECTORY,
  ...FILE_LIMIT_HINTS,
};
