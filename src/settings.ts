import { isAbsolute, join } from "node:path";
import { OrdersError } from "./errors.js";

/** The store's location: the flag, else `ORDERS_STORE` unless it is empty, else the default. */
export function storeSetting(flag: string | undefined, environment: Environment): Setting<string> {
  const { ORDERS_STORE } = environment.env;
  if (flag) return { value: expandHome(flag, environment), origin: "--store" };
  if (ORDERS_STORE) {
    return { value: expandHome(ORDERS_STORE, environment), origin: "ORDERS_STORE" };
  }
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
  /** The user's home directory, absolute; not every user has one. */
  readonly home: string | undefined;
  /** The directory that holds this program's package.json, absolute, symbolic links resolved. */
  readonly packageRoot: string;
  /** Whether the script that was started is that of {@link packageRoot} and no link to it; true unless given. */
  readonly startedInPlace?: boolean;
}

/**
 * A checkout keeps orders in its own `data/`, but only when it is run there: an installed command, also
 * one that is a link to a checkout, keeps them in the user's data directory. Never the current
 * directory: a script started by cron must see the same orders as a person at the prompt.
 */
function defaultStore(environment: Environment): string {
  const { env, platform, packageRoot, startedInPlace = true } = environment;
  const installed = packageRoot.split(/[\\/]/).includes("node_modules");
  if (!installed && startedInPlace) return join(packageRoot, "data");
  if (platform === "win32") {
    return join(env.LOCALAPPDATA || join(homeOf(environment), "AppData/Local"), "orders");
  }
  if (platform === "darwin") {
    return join(homeOf(environment), "Library/Application Support/orders");
  }
  // A relative path is invalid there: https://specifications.freedesktop.org/basedir-spec/
  const xdg = env.XDG_DATA_HOME;
  return join(xdg && isAbsolute(xdg) ? xdg : join(homeOf(environment), ".local/share"), "orders");
}

/** A location with its leading `~` expanded, which no shell has done in a crontab. */
function expandHome(location: string, environment: Environment): string {
  if (!location.startsWith("~")) return location;
  const [, user, path = ""] = /^~([^/\\]*)(.*)$/s.exec(location) ?? [];
  if (user === "") return join(homeOf(environment), path);
  throw new OrdersError("invalid-usage", `cannot expand ~${user} in the location of the store`, {
    hint: `write the path in full, or ./${location} for a directory of that name`,
  });
}

function homeOf({ home }: Environment): string {
  if (home !== undefined) return home;
  throw new OrdersError("invalid-usage", "there is no home directory to keep orders in", {
    hint: "choose another place with --store or ORDERS_STORE, or set HOME",
  });
}
