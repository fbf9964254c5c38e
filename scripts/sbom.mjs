import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/**
 * The CycloneDX document of what a bundle contains: what npm says of the packages of the lock file, without
 * those that only build and test.
 *
 * @param licenses the path of the bundle's THIRD-PARTY-LICENSES.txt, which names each package in it
 * @param others components that come from elsewhere
 */
export function sbom(licenses, others = []) {
  const contained = new Set(
    Array.from(
      readFileSync(licenses, "utf8").matchAll(/^(\S+) ([\d.]+) \(/gm),
      ([, name, version]) => {
        return `${name}@${version}`;
      },
    ),
  );
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const argv = ["sbom", "--sbom-format", "cyclonedx", "--sbom-type", "application"];
  const document = JSON.parse(
    execFileSync(npm, argv, { encoding: "utf8", maxBuffer: 2 ** 26, shell: npm === "npm.cmd" }),
  );
  const components = document.components
    .filter((each) => contained.has(each["bom-ref"]))
    .map(({ properties: _, scope: __, ...component }) => component);
  const missing = contained.size - components.length;
  if (missing !== 0) throw new Error(`npm sbom does not know ${missing} of the packages`);
  const root = document.metadata.component;
  root.name = root["bom-ref"].replace(/@[^@]*$/, ""); // npm gives the name of the directory
  return {
    ...document,
    components: [...components, ...others],
    dependencies: document.dependencies
      .filter(({ ref }) => contained.has(ref) || ref === root["bom-ref"])
      .map(({ ref, dependsOn }) => ({
        ref,
        dependsOn: dependsOn.filter((each) => contained.has(each)),
      })),
  };
}
