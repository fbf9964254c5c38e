/**
 * The `traceparent` of a caller, by which what follows from an order can be found in one trace; `undefined` if it is
 * none, which is to be ignored. One of a later version is read as far as this one goes.
 *
 * {@link https://www.w3.org/TR/trace-context/#traceparent-header W3C Trace Context}
 */
export function traceparentOf(text: string | undefined): string | undefined {
  const [, version, ids, later] = TRACEPARENT.exec(text ?? "") ?? [];
  if (version === "00" && later !== undefined) return undefined;
  return ids && `00-${ids}`;
}

/** Whether it is one of the version that is stored. */
export function isTraceparent(text: unknown): text is string {
  return typeof text === "string" && traceparentOf(text) === text;
}

const TRACEPARENT =
  /^(?!ff)([0-9a-f]{2})-((?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2})(-.*)?$/;
