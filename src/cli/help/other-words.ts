/** What other tools call the verbs and the options of this one, after what they are called here. */
export const OTHER_WORDS: Readonly<Record<string, string>> = {
  "place-order": "add buy create new order submit",
  list: "all orders search",
  "list --count": "count",
  "list --format csv": "dump export",
  show: "cat describe get info inspect view",
  cancel: "abort del delete remove revoke rm undo void",
  done: "close complete deliver finish fulfil fulfill resolve ship",
  stats: "report statistics summary",
  import: "load restore",
  watch: "consume follow listen monitor notify subscribe tail",
  subscriptions: "consumers subscribers subs",
  parked: "dead-letters dlq failed failures",
  "parked retry": "requeue retry",
  resend: "again redeliver renotify replay",
  copy: "backup clone migrate mirror move sync",
  init: "setup",
  check: "doctor fsck validate verify",
  where: "config env path store",
  completion: "completions",
  "--version": "version",
  "--limit": "-n -l --head --last --lines --max --tail",
  "--reverse": "-r --desc --newest-first",
  "--since": "--after --begin --from --start",
  "--until": "--before --end --to",
  "--item": "-g --contains --filter --grep --match --search",
  "--for": "--client --customer --name --user",
  "--note": "-m --comment --description --message",
  "--reason": "-m --because --comment --message --note",
  "--format csv": "--csv",
  "--format tsv": "--tsv",
  "--format ndjson": "--jsonl --ndjson",
  "--format table": "--table",
  "--format": "-o --output --output-format",
  "--fields": "--columns",
  "--quiet": "--ids --only-ids --silent",
  "--as": "-n --consumer --group --name --subscription",
  "--exec": "-c -e -x --command --run",
  "--max-attempts": "--attempts --max-retries --retries",
  "--until-caught-up": "--no-follow --once --until",
  "--dry-run": "-n --check --validate",
  "--skip-invalid": "--force --ignore-errors --skip-errors",
  "--yes": "-f --force",
  "--store": "--data --db --dir --directory --server --url",
  "--trace": "-v --debug --verbose",
};

/** What to do instead of what nothing here does. */
const INSTEAD: Readonly<Record<string, string>> = {
  "an order is never changed: cancel it, and place another": "amend change edit modify update",
  "a cancellation is final: place the order again": "reopen reorder uncancel undelete",
};

/**
 * What a word or an option of other tools is called here; `undefined`: it is not known from any.
 *
 * @param hasOption of options only one is looked for that the verb has.
 */
export function calledHere(
  word: string,
  hasOption: (flag: string) => boolean = () => true,
): string | undefined {
  return lookUp(OTHER_WORDS, word, (name) => {
    return !word.startsWith("-") || hasOption(name.split(" ")[0] as string);
  });
}

/** What to do instead of what other tools have a word for, and this one has not. */
export function insteadOf(word: string): string | undefined {
  return lookUp(INSTEAD, word);
}

function lookUp(
  table: Readonly<Record<string, string>>,
  word: string,
  isRight: (name: string) => boolean = () => true,
): string | undefined {
  return Object.keys(table).find((name) => {
    return table[name]?.split(" ").includes(word) && isRight(name);
  });
}
