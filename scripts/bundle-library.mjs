import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { build } from "rolldown";
import { thirdPartyLicenses } from "./third-party-licenses.mjs";

/*
 * Bundles the library, so that the package depends on no other: whoever installs it gets each package that
 * it contains in the version that was tested, and nothing besides. Modules that are loaded only when they
 * are needed, such as those for servers, stay files of their own. Readable, for traces lead into it.
 */
const OUT = "dist/lib";

await build({
  input: ["src/index.ts", "src/testing.ts"],
  platform: "node",
  plugins: [thirdPartyLicenses],
  output: { dir: OUT, cleanDir: true, format: "esm", keepNames: true },
});
/** A statement that imports or exports from a module, or a type that is asked of one: no comment is either. */
const IMPORTS = /^(?:import|export) [^"'/;(]*? from "([^"]+)"|import\("([^"]+)"\)/gm;
const copied = new Set();
for (const file of ["dist/index.d.ts", "dist/testing.d.ts"]) copyDeclarations(file);
writeFileSync(join(OUT, "package.json"), `${JSON.stringify({ type: "module" })}\n`);

/** Copies the types that a declaration leads to: those of everything else concern nobody outside. */
function copyDeclarations(file) {
  if (copied.has(file)) return;
  copied.add(file);
  const target = join(OUT, relative("dist", file));
  mkdirSync(dirname(target), { recursive: true });
  copyFileSync(file, target);
  for (const [, imported, asked] of readFileSync(file, "utf8").matchAll(IMPORTS)) {
    const specifier = imported ?? asked;
    if (!specifier.startsWith(".") && !specifier.startsWith("node:")) {
      throw new Error(`${file} needs the types of ${specifier}, which is no dependency`);
    }
    if (specifier.startsWith("node:")) continue;
    copyDeclarations(join(dirname(file), specifier.replace(/\.js$/, ".d.ts")));
  }
}
