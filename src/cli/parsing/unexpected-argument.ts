import { escapeUnsafe } from "../../domain/printable.js";
import { FORMATS } from "../list/formats.js";
import { shellWord } from "../shell/shell-word.js";
import { parseTime } from "../time/parse-time.js";
import { idPrefix } from "./find-order.js";

/** What a word that a verb has no place for can have been meant for; `undefined`: nobody knows. */
export function meantByArgument(
  word: string,
  path: readonly string[],
  now: Date,
): string | undefined {
  if (escapeUnsafe(word) !== word) return undefined; // nobody could type what it shows
  const verb = path.join(" ");
  const given = shellWord(word);
  if (word.includes("/")) return `${verb} --store ${given}`;
  if (verb !== "list" && verb !== "stats") return undefined;
  if (parseTime(word, now) !== undefined) return `${verb} --since ${given}`;
  if (verb === "stats") return undefined;
  if (/^\d{1,3}$/.test(word)) return `list --limit ${given}`;
  if (FORMATS.some((format) => format === word)) return `list --format ${given}`;
  if (idPrefix(word) !== undefined) return `show ${given}`;
  return `list --item ${given}`;
}
