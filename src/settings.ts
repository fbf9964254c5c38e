import { isAbsolute, join, sep } from "node:path";
import type { ServerFiles } from "./store/order-store.js";

/** Where a setting's value came from. */
export type Origin = "--store" | "ORDERS_STORE" | "default";

/** A value, and where it came from. */
export interface Setting<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** What decides where orders are kept. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The user's home directory, absolute. */
  readonly home: string;
  /** The directory that holds this program's package.json, absolute, symbolic links resolved. */
  readonly packageRoot: string;
}

/** The store's location: the flag, else `ORDERS_STORE`, else the default. Empty counts as unset. */
export function storeSetting(
  flag: string | undefined,
  surroundings: Surroundings,
): Setting<string> {
  const { ORDERS_STORE } = surroundings.env;
  if (flag) return { value: flag, origin: "--store" };
  if (ORDERS_STORE) return { value: ORDERS_STORE, origin: "ORDERS_STORE" };
  return { value: defaultStore(surroundings), origin: "default" };
}

/** The files that a server may want to see. Empty counts as unset. */
export function serverFiles({ env }: Pick<Surroundings, "env">): ServerFiles {
  return {
    creds: env.ORDERS_NATS_CREDS || undefined,
    ca: env.ORDERS_NATS_CA || undefined,
    cert: env.ORDERS_NATS_CERT || undefined,
    key: env.ORDERS_NATS_KEY || undefined,
  };
}

/**
 * A checkout keeps orders in its own `data/`; an installed copy in the user's data directory. Never
 * in the current directory: a script started by cron sees the same orders as the person at the
 * prompt.
 */
function defaultStore({ env, platform, home, packageRoot }: Surroundings): string {
  const installed = packageRoot.split(sep).includes("node_modules");
  if (!installed) return join(packageRoot, "data");
  if (platform === "win32") return join(env.LOCALAPPDATA || join(home, "AppData/Local"), "orders");
  if (platform === "darwin") return join(home, "Library/Application Support/orders");
  // A relative path there is to be ignored: https://specifications.freedesktop.org/basedir-spec/
  const xdg = env.XDG_DATA_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, ".local/share"), "orders");
}
