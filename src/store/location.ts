import { resolve } from "node:path";
import { OrdersError } from "../errors.js";

/** What the location of a store names. */
export type Location =
  | { readonly kind: "directory"; readonly path: string }
  | { readonly kind: "server"; readonly url: string };

/**
 * Tells a server from a directory, which is relative to the current one unless absolute. A scheme
 * that no store has is refused, rather than taken for a directory with a secret in its name; one letter is
 * a drive of Windows, and no scheme.
 *
 * @throws {OrdersError} `invalid-usage`, in words that hold no secret.
 */
export function parseLocation(location: string): Location {
  if (location.trim() === "") {
    throw new OrdersError("invalid-usage", "the location of the store is empty", { hint: HINT });
  }
  if (!location.includes(":")) return { kind: "directory", path: absolute(location) };
  if (/^(?:nats|tls):/i.test(location)) return { kind: "server", url: location };
  const [, scheme] = /^([a-z][a-z0-9+.-]+):\/\//i.exec(location) ?? [];
  if (scheme === undefined) return { kind: "directory", path: absolute(location) };
  throw new OrdersError("invalid-usage", `unknown kind of store: ${scheme.toLowerCase()}://`, {
    hint: HINT,
  });
}

const HINT = "a store is a directory or a NATS server: ./orders, nats://host:4222";

function absolute(path: string): string {
  try {
    return resolve(path);
  } catch (cause) {
    // Somebody removed the directory that this process is in.
    throw new OrdersError(
      "store-failed",
      `cannot find ${path}: the current directory does not exist`,
      {
        cause,
        hint: "change to another directory, or name the store by its absolute path",
      },
    );
  }
}

/** The location as it may be shown: absolute, and without secrets. */
export async function shownLocation(location: string): Promise<string> {
  const parsed = parseLocation(location);
  if (parsed.kind === "directory") return parsed.path;
  const { parseServerLocation } = await import("./jetstream/server/server-location.js");
  return parseServerLocation(parsed.url).shown;
}
