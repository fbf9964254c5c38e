/** The message of anything that was thrown. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The message of a system error without its code and path: `no space left on device`. */
export function systemMessage(error: unknown): string {
  const message = messageOf(error);
  return /^[A-Z0-9]+: ([^,]+)/.exec(message)?.[1] ?? message;
}
