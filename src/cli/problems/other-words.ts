/** What other tools call what this one has, after its command line here. */
export const OTHER_WORDS: Readonly<Record<string, string>> = {
  "place-order": "add buy create new order submit",
  list: "all orders search",
  "list --count": "count",
  "list --format csv": "dump export",
  show: "cat describe get info inspect view",
  cancel: "abort del delete remove revoke rm undo void",
  stats: "report statistics summary",
  import: "load restore",
  watch: "consume follow listen monitor notify subscribe tail",
  subscriptions: "consumers subscribers subs",
  parked: "dead-letters dlq failed failures",
  "parked retry": "redeliver requeue retry",
  copy: "backup clone migrate mirror move sync",
  init: "setup",
  check: "doctor fsck validate verify",
  where: "config env path store",
  completion: "completions",
  "--version": "version",
};

/** What a word of other tools is called here; `undefined`: it is not known from any. */
export function calledHere(word: string): string | undefined {
  return Object.keys(OTHER_WORDS).find((name) => OTHER_WORDS[name]?.split(" ").includes(word));
}
