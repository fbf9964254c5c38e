/** The message of anything that was thrown. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The message of a system error without its code and path: `no space left on device`. */
export function systemMessage(error: unknown): string {
  const message = messageOf(error);
  return /^[A-Z0-9]+: ([^,]+)/.exec(message)?.[1] ?? messageOfCode(error) ?? message;
}

/** What the code of a system error means, for one whose message has only the code: `spawn /bin/sh EMFILE`. */
function messageOfCode(error: unknown): string | undefined {
  const { errno } = error as NodeJS.ErrnoException;
  if (errno === undefined) return undefined;
  return process.getBuiltinModule("node:util").getSystemErrorMap?.().get(errno)?.[1];
}
