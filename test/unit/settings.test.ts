import { normalize } from "node:path";
import { describe, expect, it } from "vitest";
import { type Environment, storeSetting } from "../../src/settings.js";

const CHECKOUT = "/src/orders";
const INSTALLED = "/usr/lib/node_modules/orders";

function setting(flag: string | undefined, environment: Partial<Environment> = {}) {
  const { value, origin } = storeSetting(flag, {
    env: {},
    platform: "linux",
    home: "/home/ada",
    packageRoot: CHECKOUT,
    ...environment,
  });
  return `${value} (${origin})`;
}

describe("the store's location", () => {
  // Flag, ORDERS_STORE and package root, each with each; the flag wins over the environment, that
  // over the default, and what is empty is not set.
  const flags = [undefined, "", "/flag"];
  const variables = [undefined, "", "/env"];
  const roots = [CHECKOUT, INSTALLED];
  const cases = flags.flatMap((flag) =>
    variables.flatMap((variable) => roots.map((root) => ({ flag, variable, root }))),
  );

  it.each(cases)("with --store $flag, ORDERS_STORE $variable, in $root", (given) => {
    const { flag, variable, root } = given;
    const fallback =
      root === CHECKOUT ? "/src/orders/data (default)" : "/home/ada/.local/share/orders (default)";
    const expected = flag ? "/flag (--store)" : variable ? "/env (ORDERS_STORE)" : fallback;
    expect(setting(flag, { env: { ORDERS_STORE: variable }, packageRoot: root })).toBe(
      flag || variable ? expected : normalize(expected),
    );
  });

  it.each([
    ["linux", {}, "/home/ada/.local/share/orders"],
    ["linux", { XDG_DATA_HOME: "/xdg" }, "/xdg/orders"],
    ["linux", { XDG_DATA_HOME: "relative" }, "/home/ada/.local/share/orders"],
    ["linux", { XDG_DATA_HOME: "" }, "/home/ada/.local/share/orders"],
    ["darwin", { XDG_DATA_HOME: "/xdg" }, "/home/ada/Library/Application Support/orders"],
    ["win32", { LOCALAPPDATA: "/local" }, "/local/orders"],
    ["win32", {}, "/home/ada/AppData/Local/orders"],
  ] as const)("of an installed copy on %s with %j is %s", (platform, env, expected) => {
    expect(setting(undefined, { platform, env, packageRoot: INSTALLED })).toBe(
      `${normalize(expected)} (default)`,
    );
  });

  it("never depends on the current directory", () => {
    expect(setting(undefined)).toBe(normalize("/src/orders/data (default)"));
  });
});
