import type { Command } from "commander";
import { escapeUnsafe } from "../../domain/printable.js";
import { OrdersError } from "../../errors.js";
import { FORMATS } from "../list/formats.js";
import { shellWord } from "../shell/shell-word.js";
import { parseTime } from "../time/parse-time.js";
import { refuseUnknown } from "./common-options.js";
import { idPrefix } from "./find-order.js";

/**
 * Refuses a word that a verb has no place for, and says what it can have been meant for.
 *
 * @throws {OrdersError} `invalid-usage`
 */
export function refuseArgument(word: string, command: Command, now: Date): never {
  if (command.commands.length > 0) refuseUnknown(command.args[0], command);
  const verb = command.parent?.parent
    ? `${command.parent.name()} ${command.name()}`
    : command.name();
  const meant = meantBy(word, verb, now);
  throw new OrdersError("invalid-usage", `unexpected argument '${word}'`, {
    hint: meant === undefined ? `see orders help ${verb}` : `did you mean orders ${meant}?`,
  });
}

function meantBy(word: string, verb: string, now: Date): string | undefined {
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
