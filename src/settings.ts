import { isAbsolute, join, sep } from "node:path";

/** The store's location: the flag, else `ORDERS_STORE` unless it is empty, else the default. */
export function storeSetting(flag: string | undefined, environment: Environment): Setting<string> {
  const { ORDERS_STORE } = environment.env;
  if (flag) return { value: flag, origin: "--store" };
  if (ORDERS_STORE) return { value: ORDERS_STORE, origin: "ORDERS_STORE" };
  return { value: defaultStore(environment), origin: "default" };
}

/** What chose the value of a setting. */
export type Origin = "--store" | "ORDERS_STORE" | "default";

/** A value and what chose it. */
export interface Setting<T> {
  readonly value: T;
  readonly origin: Origin;
}

/** What decides where orders are kept, apart from the flag. */
export interface Environment {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  /** The user's home directory, absolute. */
  readonly home: string;
  /** The directory that holds this program's package.json, absolute, symbolic links resolved. */
  readonly packageRoot: string;
}

/**
 * A checkout keeps orders in its own `data/`, an installed copy in the user's data directory. Never the
 * current directory: a script started by cron must see the same orders as a person at the prompt.
 */
function defaultStore({ env, platform, home, packageRoot }: Environment): string {
  const installed = packageRoot.split(sep).includes("node_modules");
  if (!installed) return join(packageRoot, "data");
  if (platform === "win32") return join(env.LOCALAPPDATA || join(home, "AppData/Local"), "orders");
  if (platform === "darwin") return join(home, "Library/Application Support/orders");
  // A relative path is invalid there: https://specifications.freedesktop.org/basedir-spec/
  const xdg = env.XDG_DATA_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(home, ".local/share"), "orders");
}
