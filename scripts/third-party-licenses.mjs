import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * A rolldown plugin that puts `THIRD-PARTY-LICENSES.txt` beside the bundle: the licence of each package
 * that has a module in it, as the licences ask of whoever hands out copies. A package without a licence
 * of its own fails the build.
 */
export const thirdPartyLicenses = {
  name: "third-party-licenses",
  /** @this {import("rolldown").PluginContext} */
  generateBundle(_, bundle) {
    const modules = Object.values(bundle).flatMap(({ moduleIds = [] }) => moduleIds);
    const roots = new Set(modules.map(packageRoot).filter((root) => root !== undefined));
    this.emitFile({
      type: "asset",
      fileName: "THIRD-PARTY-LICENSES.txt",
      source: notices([...roots].sort()),
    });
  },
};

const RULE = `\n${"-".repeat(78)}\n\n`;

/** Each licence once, below the packages that it is the licence of. */
function notices(roots) {
  const packages = new Map();
  for (const root of roots) {
    const text = licenseText(root);
    packages.set(text, [...(packages.get(text) ?? []), root]);
  }
  const sections = [...packages].map(
    ([text, group]) => `${group.map(title).join("\n")}\n\n${text}\n`,
  );
  return ["orders contains the following packages.\n", ...sections].join(RULE);
}

function title(root) {
  const { name, version, license } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  return `${name} ${version} (${license})`;
}

function licenseText(root) {
  const files = readdirSync(root).filter((file) => /^(licen[cs]e|notice)/i.test(file));
  if (files.length === 0) throw new Error(`${title(root)} has no licence in its package`);
  return files
    .sort()
    .map((file) => readFileSync(join(root, file), "utf8").trim())
    .join("\n\n");
}

/** The directory of the package that a module belongs to, or `undefined` if it is one of ours. */
function packageRoot(id) {
  if (!/[\\/]node_modules[\\/]/.test(id)) return undefined;
  let directory = dirname(id);
  while (!isPackage(directory)) directory = dirname(directory);
  return directory;
}

/** Some packages have a nameless package.json further down, for its "type" alone. */
function isPackage(directory) {
  const file = join(directory, "package.json");
  return existsSync(file) && JSON.parse(readFileSync(file, "utf8")).name !== undefined;
}
