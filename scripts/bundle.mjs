import { writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { build } from "rolldown";

/*
 * Bundles the executable: one chunk with everything that `place-order` needs, which is what most
 * processes are started for, one with what several other verbs need, and one for each verb. As
 * CommonJS, which Node starts faster than ES modules.
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

/** The modules that placing an order loads. */
const onStart = new Set();

const findOnStart = {
  name: "find-on-start",
  buildEnd() {
    const add = (id) => {
      if (onStart.has(id)) return;
      onStart.add(id);
      this.getModuleInfo(id)?.importedIds.forEach(add);
    };
    for (const entry of ["src/main.ts", "src/cli/place-order.ts"]) add(resolve(entry));
  },
};

await build({
  input: "src/main.ts",
  platform: "node",
  plugins: [leaveOut, findOnStart],
  output: {
    dir: "dist/bin",
    cleanDir: true,
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name].cjs",
    // Opening a further file takes a third of a millisecond, and each kilobyte has to be parsed.
    codeSplitting: {
      groups: [
        { name: "start", test: (id) => onStart.has(id), priority: 1 },
        { name: "shared", minShareCount: 2 },
      ],
    },
  },
});

// The package is CommonJS, so that bin/orders.js starts as fast as Node can; the library is not.
writeFileSync("dist/package.json", `${JSON.stringify({ type: "module" })}\n`);
