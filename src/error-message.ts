/** What something thrown says of itself: anything can be thrown. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** What the operating system said, without its code and without the path: `no space left on device`. */
export function systemMessage(error: unknown): string {
  const message = messageOf(error);
  return /^[A-Z0-9]+: ([^,]+)/.exec(message)?.[1] ?? message;
}
