import { createHash } from "node:crypto";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "rolldown";
import { thirdPartyLicenses } from "./third-party-licenses.mjs";

/*
 * Bundles the executable: one file with everything that `place-order` needs, which is what most
 * processes are started for, one with what several other verbs need, and one for each verb. As
 * CommonJS, which Node starts faster than ES modules. Minified, for each kilobyte has to be read and
 * parsed; names are kept, for traces name handlers.
 *
 * Two imports of dependencies are left out. Together they cost a tenth of the time of a
 * `place-order`, and nothing here uses them:
 * - commander loads node:child_process, for subcommands that are executables of their own;
 * - chalk loads its colour detection; ours is in cli/render/style.ts.
 */
const LEFT_OUT = new Map([
  ["node:child_process", { importedBy: "/commander/", code: "module.exports = {};" }],
  [
    "#supports-color",
    { importedBy: "/chalk/", code: "export default { stdout: false, stderr: false };" },
  ],
]);

const leaveOut = {
  name: "leave-out",
  resolveId(id, importer = "") {
    const entry = LEFT_OUT.get(id);
    return entry && importer.replaceAll("\\", "/").includes(entry.importedBy)
      ? `\0left-out/${id}`
      : undefined;
  },
  load(id) {
    return LEFT_OUT.get(id.replace("\0left-out/", ""))?.code;
  },
};

/** The modules of the first file. */
const onStart = new Set();

/** The program with the verb that is used most: what is imported here has no file of its own. */
const entry = {
  name: "entry",
  /** @this {import("rolldown").PluginContext} */
  buildEnd() {
    const add = (id) => {
      if (onStart.has(id)) return;
      onStart.add(id);
      this.getModuleInfo(id)?.importedIds.forEach(add);
    };
    add("\0entry");
  },
  resolveId: (id) => (id === "entry" ? "\0entry" : undefined),
  load(id) {
    if (id !== "\0entry") return undefined;
    const [main, placeOrder] = ["main.ts", "cli/verbs/place-order.ts"].map((file) =>
      JSON.stringify(fileURLToPath(new URL(`../src/${file}`, import.meta.url))),
    );
    return `export { main, processIo } from ${main}; import ${placeOrder};`;
  },
};

/**
 * Makes the first file the only one that placing an order opens, for each takes a third of a
 * millisecond: with rolldown's helpers, and with the names that its facade would export.
 */
const finish = {
  name: "finish",
  generateBundle(_, bundle) {
    const start = bundle["start.cjs"];
    const helpers = bundle["rolldown-runtime.cjs"];
    const names = [...bundle["main.cjs"].code.matchAll(/exports\.(main|processIo)=\w+\.(\w+)/g)];
    if (names.length !== 2) throw new Error("the facade of the bundle has another form");
    start.code = start.code.replace(
      /require\([`"']\.\/rolldown-runtime\.cjs[`"']\)/,
      () => `(exports=>{${helpers.code};return exports})({})`,
    );
    start.code += names.map(([, name, short]) => `exports.${name}=exports.${short};`).join("");
    // What the other files take of this one is complete by now, and never changes: getters cost a tenth
    // of running this file.
    start.code = start.code.replace(
      /Object\.defineProperty\(exports,"(\w+)",\{enumerable:!0,get:function\(\)\{return (\w+)\}\}\)/g,
      "exports.$1=$2",
    );
    delete bundle["main.cjs"];
  },
};

/**
 * Prepares the files for bin/orders.js, which keeps compiled code: each begins with a hash of the whole
 * program, and is ASCII, which halves what V8 has to hold.
 */
const identify = {
  name: "identify",
  generateBundle(_, bundle) {
    const files = Object.values(bundle).filter(({ type }) => type === "chunk");
    const hash = createHash("sha256");
    for (const file of files) {
      if (/\bimport\(/.test(file.code)) {
        throw new Error(`bin/orders.js supports no import(), as in ${file.fileName}`);
      }
      file.code = file.code.replace(/[^\0-\x7f]/g, (unit) => {
        return `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
      });
      hash.update(file.code);
    }
    const build = hash.digest("hex").slice(0, 32);
    for (const file of files) file.code = `//${build}\n${file.code}`;
  },
};

await build({
  input: { main: "entry" },
  platform: "node",
  checks: { ineffectiveDynamicImport: false }, // some are for other entries: see onStart
  plugins: [leaveOut, entry, finish, identify, thirdPartyLicenses],
  output: {
    dir: "dist/bin",
    cleanDir: true,
    format: "cjs",
    dynamicImportInCjs: false, // see identify
    minify: { compress: true, mangle: { keepNames: true } },
    keepNames: true,
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name].cjs",
    codeSplitting: {
      groups: [
        { name: "start", test: (id) => onStart.has(id), priority: 1 },
        // Its expressions take longer to parse than a list of orders takes to print.
        { name: "width", test: /render\/width\.ts|fast-string-truncated-width/, priority: 1 },
        // Of two verbs alone, such as what copies orders with node:crypto, no other one should load.
        { name: "shared", minShareCount: 3 },
      ],
    },
  },
});

// The package is CommonJS, so that bin/orders.js starts as fast as Node can; the library is not.
writeFileSync("dist/package.json", `${JSON.stringify({ type: "module" })}\n`);
