import { cpus, loadavg, release, totalmem } from "node:os";
import { output, pythonWith } from "./programs.mjs";

/** What the figures were measured on and with. */
export function machineFacts() {
  const version = (/** @type {string} */ module, /** @type {string} */ name) =>
    output(pythonWith(module) ?? "python3", ["-c", `import ${module}; print(${module}.${name})`]);
  const sqlite = version("sqlite3", "sqlite_version");
  const tinydb = version("tinydb", "__version__");
  const task = output("task");
  return {
    node: `node ${process.version}`,
    platform: `${process.platform} ${release().split(".", 2).join(".")} ${process.arch}`,
    processors: `${cpus().length} processors (${cpus()[0]?.model.trim()})`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GiB`,
    load: `load ${loadavg()[0]?.toFixed(1)}`,
    date: new Date().toISOString().slice(0, 10),
    tools: [
      output("jq"),
      task && `task ${task}`,
      output("grep"),
      output("python3"),
      sqlite && `SQLite ${sqlite}`,
      tinydb && `TinyDB ${tinydb}`,
    ].filter((tool) => tool !== undefined),
  };
}
