import type { Definition } from "./options/definition.js";

/** What the verbs do, below the headings of the help and in its order. */
const GROUPS = {
  Orders: {
    "place-order": "store an order and notify the sales desk",
    list: "list orders, oldest first",
    show: "show one order",
    cancel: "cancel orders and notify the sales desk",
    done: "say that orders are done, and notify the sales desk",
    stats: "count orders, and draw them by item and by day",
    import: "import orders from a file",
  },
  "Sales desk": {
    watch: "print each order as it is placed, or run a command",
    subscriptions: "list subscriptions and how many orders each has waiting",
    parked: "list, retry or drop orders that could not be handled",
    resend: "deliver stored orders to a subscription again",
  },
  Store: {
    copy: "copy all orders from one store to another",
    init: "set up the store",
    check: "check the whole store for damage",
    where: "print where orders are kept, and which setting chose it",
  },
  More: {
    completion: "print the script that completes words in a shell",
  },
};

const ALIASES: Readonly<Record<string, string>> = { "place-order": "place", list: "ls" };

/** Each verb's definition, which is loaded only when the verb is used. */
const LOAD: { readonly [Name in VerbName]: () => Promise<{ readonly verb: Definition }> } = {
  "place-order": () => import("./verbs/place-order.js"),
  list: () => import("./verbs/list.js"),
  show: () => import("./verbs/show.js"),
  cancel: async () => ({ verb: (await import("./verbs/close.js")).cancel }),
  done: async () => ({ verb: (await import("./verbs/close.js")).done }),
  stats: () => import("./verbs/stats.js"),
  import: () => import("./verbs/import.js"),
  watch: () => import("./verbs/watch.js"),
  subscriptions: () => import("./verbs/subscriptions.js"),
  parked: () => import("./verbs/parked.js"),
  resend: async () => ({ verb: (await import("./verbs/subscriptions.js")).resend }),
  copy: () => import("./verbs/copy.js"),
  init: () => import("./verbs/init.js"),
  check: () => import("./verbs/check.js"),
  where: () => import("./verbs/where.js"),
  completion: () => import("./verbs/completion.js"),
};

/** Every verb, in the order of the help. */
export const VERBS: readonly Verb[] = Object.entries(GROUPS).flatMap(([group, verbs]) =>
  Object.entries(verbs).map(([name, summary]) => {
    const load = async () => (await LOAD[name as VerbName]()).verb;
    return { name, group, summary, alias: ALIASES[name], load };
  }),
);

/** What prints the help of a verb or a topic; the program itself does that. */
export const HELP = {
  name: "help",
  alias: undefined,
  group: "More",
  summary: "show help for a verb, or for one of the topics below",
};

/** The verb of this name or alias. */
export function findVerb(word: string): Verb | undefined {
  return VERBS.find(({ name, alias }) => word === name || word === alias);
}

/** A verb: its row in the help, and its definition. */
export interface Verb {
  readonly name: string;
  readonly alias: string | undefined;
  /** Below which heading of the help it stands. */
  readonly group: string;
  readonly summary: string;
  load(): Promise<Definition>;
}

type VerbName = {
  [Group in keyof typeof GROUPS]: keyof (typeof GROUPS)[Group];
}[keyof typeof GROUPS];
