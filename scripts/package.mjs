/**
 * Lays out in dist/package what is published: the built program and the library, and a manifest without
 * what only a checkout needs. npm would warn of each installation's scripts.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sbom } from "./sbom.mjs";

const root = join(import.meta.dirname, "..");
const target = join(root, "dist/package");
const { scripts, devDependencies, knip, ...manifest } = JSON.parse(
  readFileSync(join(root, "package.json"), "utf8"),
);

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
for (const file of [...manifest.files, "README.md", "LICENSE", "CHANGELOG.md"]) {
  cpSync(join(root, file), join(target, file), { recursive: true });
}
writeJson("sbom.cdx.json", sbom(join(root, "dist/bin/THIRD-PARTY-LICENSES.txt")));
writeJson("package.json", { ...manifest, files: [...manifest.files, "sbom.cdx.json"] });

function writeJson(file, value) {
  writeFileSync(join(target, file), `${JSON.stringify(value, null, 2)}\n`);
}
