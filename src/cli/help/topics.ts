import { CREDENTIAL_VARIABLES } from "../../store/jetstream/server/credential-files.js";
import { EXIT_CODES } from "../exit-codes.js";

/** Every topic, in the order of the help. */
export const TOPICS: readonly Topic[] = [
  {
    name: "exit-codes",
    summary: "what each exit code means",
    blocks: [
      "The numbers and their meanings never change.",
      {
        terms: {
          ...Object.fromEntries(EXIT_CODES),
          "128 + n":
            "stopped by signal n: 130 for SIGINT (Ctrl-C), 143 for SIGTERM; an order whose id or banner was printed is stored",
        },
      },
      "A script may try again after 1, 7 and 8, best with an id of its own: place-order --id. After 3 it must not. A closed pipe, as with | head, is no error.",
      "An import or a copy that ends with 1, 7 or 8 may have stored some of its orders: run it again, and those are skipped.",
    ],
  },
  {
    name: "stores",
    summary: "where orders are kept, and how a store is chosen",
    blocks: [
      "Orders are kept in a directory, or on a NATS server that several machines share. The first of these that is set chooses the store:",
      {
        terms: {
          "--store <location>": "a directory, or a server such as nats://host:4222",
          ORDERS_STORE: "the same; set but empty counts as unset",
          "the default":
            "the user's data directory: $XDG_DATA_HOME/orders or ~/.local/share/orders on Linux, ~/Library/Application Support/orders on macOS, %LOCALAPPDATA%\\orders on Windows. A checkout that runs as node bin/orders.js uses its own data directory.",
        },
      },
      "orders where prints which one it is, and why.",
      "The first order creates the store; so do orders init and whatever imports or copies orders into it. No other verb does. An order counts as stored once it is on stable storage; several programs may place orders at once. A directory has to be on a local file system, not on a network file system such as NFS.",
      "In a directory, orders.jsonl holds an order a line and is only ever appended to; the subscriptions directory holds where each subscription is. orders check reads all of it, orders copy copies the orders from one store to another.",
    ],
  },
  {
    name: "scripting",
    summary: "orders in scripts: output, retries, hooks",
    blocks: [
      "stdout carries data only; everything else goes to stderr. In a pipe list prints time, id and items, separated by tabs, in full and without colour; with --all, --done or --cancelled also when an order was closed.",
      {
        terms: {
          "--json":
            "one JSON document, whose shape only ever grows; an error is a line of JSON on stderr, with a code",
          "--quiet": "only the id",
          "list --count": "only the number of orders",
        },
      },
      "Items that come from other programs may begin with a dash: put -- before them, or pass them on stdin, one a line.",
      { example: ['orders place-order -- "$item"', "orders place-order - < items.txt"] },
      "A script that tries again chooses the id itself; then there is one order however often it tries:",
      {
        example: [
          'id=$(cat /proc/sys/kernel/random/uuid); until orders place-order --id "$id" "tv"; do',
          "  case $? in 1 | 7 | 8) sleep 1 ;; *) break ;; esac; done",
        ],
      },
      "To have each order handled at least once, whatever program placed it, run a command for each:",
      { example: ["orders watch --as sales --exec ./ring-the-bell.sh"] },
      "The command gets the event and the order as JSON on stdin, and variables: see orders help environment. If it fails it is run again after growing pauses; then the order is parked: see orders help parked. With 75 it is run again and no attempt counts, with 65 the order is parked at once, with 100 watching ends, and so it does where the command cannot be run (126 and 127).",
    ],
  },
  {
    name: "environment",
    summary: "the environment variables that orders reads and sets",
    blocks: [
      "What orders reads. Other than the pager, a variable that is empty counts as unset; an option wins over it.",
      {
        terms: {
          ORDERS_STORE: "the store, if there is no --store: see orders help stores",
          [CREDENTIAL_VARIABLES.creds]:
            "a file with the login for a server: NATS credentials, an nkey seed, or user:password",
          [CREDENTIAL_VARIABLES.ca]:
            "a file with the certificates of the authorities that a tls:// server is trusted by",
          [`${CREDENTIAL_VARIABLES.cert}, ${CREDENTIAL_VARIABLES.key}`]:
            "the files with the client's own certificate and key, both or neither",
          ORDERS_WEBHOOK_SECRET_FILE:
            "a file with the secret that orders watch --forward-to signs with, or the new and the old one; ORDERS_WEBHOOK_SECRET has it itself",
          "HTTPS_PROXY, HTTP_PROXY, NO_PROXY":
            "the proxy of --forward-to, with Node.js 24.14 or newer",
          "NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID":
            "what systemd gives a service: orders watch tells it how it is doing",
          NO_COLOR: "never colour the output; --color wins",
          FORCE_COLOR:
            "colour it even if it is no terminal; 0 and false mean never; wins over NO_COLOR",
          TERM: "dumb: no colour, no pager unless one is named, and no line is drawn over",
          "ORDERS_PAGER, PAGER":
            "the program that shows a list that does not fit the terminal, instead of less; cat, or empty: none",
          TRACEPARENT:
            "the trace that place-order belongs to (W3C trace context): it is kept with the order, and passed on to commands and web addresses",
          TZ: "the time zone in which times are read and shown on a terminal",
          XDG_DATA_HOME: "on Linux, where the default store is, instead of ~/.local/share",
          XDG_CACHE_HOME: "where compiled code is kept, if it is your own, instead of ~/.cache",
          NODE_DISABLE_COMPILE_CACHE: "keep no compiled code",
        },
      },
      "What the command of orders watch --exec is given, besides all of the above:",
      {
        terms: {
          ORDERS_EVENT: "order-created, order-cancelled or order-completed",
          "ORDERS_ID, ORDERS_PLACED_AT": "the order's id, and when it was placed",
          ORDERS_ITEMS: "its items as a JSON array, if that is not longer than 32,768 characters",
          "ORDERS_FOR, ORDERS_NOTE": "whom it is for, and its note, if it has them",
          "ORDERS_CANCELLED_AT, ORDERS_REASON": "when and why it was cancelled, if it was",
          "ORDERS_COMPLETED_AT, ORDERS_COMPLETION_NOTE": "when it was done, and the note, if it is",
          ORDERS_ATTEMPT: "which attempt this is, from 1",
          ORDERS_REDELIVERED: "true if the order may have been handled before",
          ORDERS_STORE: 'the store, absolute and without a login, for orders show "$ORDERS_ID"',
        },
      },
    ],
  },
];

/** Something that `orders help` explains, here and in a page of the manual. */
export interface Topic {
  readonly name: string;
  readonly summary: string;
  readonly blocks: readonly Block[];
}

/** A paragraph, terms with what they mean, or lines to type. */
type Block =
  | string
  | { readonly terms: Readonly<Record<string, string>> }
  | { readonly example: readonly string[] };
