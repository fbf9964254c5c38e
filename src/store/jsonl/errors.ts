import { systemMessage } from "../../error-message.js";
import { OrdersError } from "../../errors.js";

const HINTS: Readonly<Record<string, string>> = {
  EACCES: "make it readable and writable for you, or choose another place with --store",
  EPERM: "make it readable and writable for you, or choose another place with --store",
  EROFS: "choose another place with --store",
  ENOSPC: "make room, then place the order again",
  EDQUOT: "make room, then place the order again",
  EFBIG: "raise the limit on file sizes (ulimit -f), then place the order again",
  ENOTDIR: "a store is a directory; choose another place with --store",
  EEXIST: "a store is a directory; choose another place with --store",
  EISDIR: "orders.jsonl must be a file",
  EMFILE: "raise the limit on open files (ulimit -n)",
  ENFILE: "close other programs: the machine has too many files open",
};

/**
 * Puts what the operating system said into one sentence: what could not be done, where and why.
 * Any other error is a fault of this program and is returned as it is.
 */
export function storeFailure(
  action: string,
  path: string,
  error: unknown,
  { hint }: { hint?: string } = {},
): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === undefined || syscall === undefined) return error;
  return new OrdersError("store-failed", `cannot ${action}: ${systemMessage(error)}: ${path}`, {
    cause: error,
    hint: hint ?? HINTS[code],
  });
}
