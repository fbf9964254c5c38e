/** Resolves in the next turn of the event loop: signals are heard, and others get on. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
