/**
 * Draws docs/performance.svg and the tables of docs/performance.md from docs/performance.json.
 *
 *     npm run bench -- --json docs/performance.json && npm run bench:draw
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chart } from "./chart.mjs";
import { growthTable, pointsOf, ratioTable } from "./tables.mjs";

const docs = join(import.meta.dirname, "../../docs");
const { machine, results } = JSON.parse(readFileSync(join(docs, "performance.json"), "utf8"));
const { growth, ...groups } = results;
if (!growth) throw new Error("docs/performance.json is not from a run of everything");

/** @type {import("./chart.mjs").Series[]} */
const series = growth.map((/** @type {import("./pairs.mjs").ContestResult} */ verb) => ({
  name: verb.title,
  points: pointsOf(verb),
}));
const svg = chart({
  title: "Time of a whole process, by the number of orders in the store",
  x: { label: (size) => size.toLocaleString("en") },
  y: { label: (ms) => (ms < 1000 ? `${ms} ms` : `${ms / 1000} s`) },
  series,
});
writeFileSync(join(docs, "performance.svg"), svg);

const page = join(docs, "performance.md");
let markdown = readFileSync(page, "utf8");
fill("machine", `${Object.values(machine).flat().join(", ")}.\n`);
fill("growth", growthTable(growth, 1e8));
for (const [name, group] of Object.entries(groups)) fill(name, ratioTable(group));
writeFileSync(page, markdown);

/** Puts content between `<!-- name -->` and `<!-- end -->`. */
function fill(/** @type {string} */ name, /** @type {string} */ content) {
  const place = new RegExp(`(<!-- ${name} -->\n).*?(<!-- end -->)`, "s");
  if (!place.test(markdown)) throw new Error(`docs/performance.md has no place for ${name}`);
  markdown = markdown.replace(place, (_, begin, end) => `${begin}\n${content}\n${end}`);
}
