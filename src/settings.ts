import { isAbsolute, join, sep } from "node:path";

/** Where a setting's value came from. */
export type Origin = "--store" | "ORDERS_STORE" | "default";

/** A value, and where it came from. */
export interface Setting<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** The environment that decides where orders are kept. */
export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The user's home directory, absolute. */
  readonly home: string;
  /** The directory that holds this program's package.json, absolute, symbolic links resolved. */
  readonly packageRoot: string;
}

/** The store's location: the flag, else `ORDERS_STORE`, else the default. Empty counts as unset. */
export function storeSetting(flag: string | undefined, environment: Environment): Setting<string> {
  const { ORDERS_STORE } = environment.env;
  if (flag) return { value: flag, origin: "--store" };
  if (ORDERS_STORE) return { value: ORDERS_STORE, origin: "ORDERS_STORE" };
  return { value: defaultStore(environment), origin: "default" };
}

/**
 * A checkout keeps orders in its own `data/`; an installed copy in the user's data directory. Never
 * in the current directory: a script started by cron sees the same orders as the person at the
 * prompt.
 */
function defaultStore({ env, platform, home, packageRoot }: Environment): string {
  const installed = packageRoot.split(sep).includes("node_modules");
  if (!installed) return join(packageRoot, "data");
  if (platform === "win32") return join(env.LOCALAPPDATA || join(home, "AppData/Local"), "orders");
  if (platform === "darwin") return join(home, "Library/Application Support/orders");
  // A relative path there is to be ignored: https://specifications.freedesktop.org/basedir-spec/
  const xdg = env.XDG_DATA_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, ".local/share"), "orders");
}
