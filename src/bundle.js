import { build } from "rolldown";

/*
 * Bundles the executable: one chunk for what every verb needs and one for each verb. CommonJS, for
 * Node starts that faster than ES modules.
 *
 * Two imports of dependencies are left out. Together they cost a tenth of the time of a
 * `place-order`, and nothing here uses what they bring:
 * - commander loads node:child_process, for subcommands that are executables of their own;
 * - chalk loads its colour detection; ours knows NO_COLOR (cli/render/style.ts).
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

await build({
  input: "src/main.ts",
  platform: "node",
  plugins: [leaveOut],
  output: {
    dir: "dist/bin",
    cleanDir: true,
    format: "cjs",
    entryFileNames: "[name].cjs",
    chunkFileNames: "[name].cjs",
    // What several verbs need is one file: each further one costs a third of a millisecond to open.
    codeSplitting: { groups: [{ name: "shared", minShareCount: 2 }] },
  },
});
