import { escapeUnsafe } from "../../domain/printable.js";
import { FORMATS } from "../list/formats.js";
import { idPrefix } from "../options/find-order.js";
import { shellWord } from "../shell/shell-word.js";
import { parseTime } from "../time/parse-time.js";

/** The hint that says what a word can have been meant for that a verb has no place for. */
export function meantByArgument(word: string, verb: string, now: Date): string | undefined {
  const meant = lineFor(word, verb, now);
  return meant === undefined ? undefined : `did you mean orders ${meant}?`;
}

function lineFor(word: string, verb: string, now: Date): string | undefined {
  if (escapeUnsafe(word) !== word) return undefined; // nobody could type what it shows
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
