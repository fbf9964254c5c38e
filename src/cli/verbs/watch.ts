import type { Orders } from "../../app.js";
import type { Handler, Middleware } from "../../delivery/handler.js";
import { only } from "../../delivery/only.js";
import type { Failure } from "../../delivery/settle.js";
import { timeLimit } from "../../delivery/time-limit.js";
import { foldCase, type Order, orderMatcher } from "../../domain/order.js";
import { escapeUnsafe } from "../../domain/printable.js";
import { shownLocation } from "../../store/location.js";
import type { Delivery } from "../../store/order-feed.js";
import { YES } from "../confirm.js";
import type { Context } from "../context.js";
import { define } from "../options/definition.js";
import { FILTER_OPTIONS } from "../options/filter-options.js";
import {
  choice,
  count,
  flag,
  InvalidValue,
  type More,
  type Option,
  type OptionsOf,
  text,
  withDefault,
} from "../options/options.js";
import { counted } from "../render/count.js";
import { shownDuration } from "../render/duration.js";
import { FROM_FORMS, parseStartingPosition } from "../time/starting-position.js";
import { duration, parseMs } from "../time/time-options.js";
import { OutputClosed, printingDesk } from "../watch/desk.js";
import { Heartbeat } from "../watch/heartbeat.js";
import type { Hook } from "../watch/hook.js";
import { checkNewSubscription } from "../watch/new-subscription.js";
import type { Webhook } from "../watch/webhook.js";

const WITH_HANDLER = {
  needs: {
    oneOf: ["exec", "forwardTo"],
    example: "orders watch --as sales --exec ./ring-the-bell.sh",
  },
};

const EVENTS = ["order-created", "order-cancelled"] as const;

const OPTIONS = {
  as: text(
    "subscription",
    "watch as a named subscription, which resumes after its last handled order",
  ),
  from: text("position", `where a new subscription starts: ${FROM_FORMS}`),
  event: choice("event", "only when an order is placed, or only when it is cancelled", EVENTS),
  ...FILTER_OPTIONS,
  untilCaughtUp: flag("handle the waiting orders, then exit", {
    needs: {
      oneOf: ["as", "from"],
      example: "orders watch --as sales --until-caught-up",
    },
  }),
  exec: text("command", "run a command for each event, with the order as JSON on its stdin"),
  forwardTo: webAddress("send each event to a web address by POST, signed", {
    excludes: ["exec", "json", "quiet"],
  }),
  maxAttempts: withDefault(
    count("park an order after n failed attempts", 1, 999_999, WITH_HANDLER),
    5,
  ),
  retryPause: withDefault(
    duration("pause before the first retry; doubled for each further one", WITH_HANDLER),
    1000,
    "1s",
  ),
  timeout: {
    ...duration("stop a command or request that takes longer: 500ms, 30s, 5m", WITH_HANDLER),
    parse: parseTimeout,
  },
  jobs: withDefault(count("handle up to n events at a time", 1, 100, WITH_HANDLER), 1),
  keepOrder: choice(
    "field",
    "with --jobs, one after another for each name; for each order in any case",
    ["for"],
    { needs: { oneOf: ["jobs"], example: "orders watch --as web --jobs 4 --keep-order for …" } },
  ),
  giveUpAfter: duration("exit 7 if the server stays unreachable this long"),
  bell: flag("ring the terminal bell for each order"),
  yes: YES,
  quiet: flag("print the ids of new orders instead of banners", {
    short: "q",
    excludes: ["json", "exec"],
  }),
  json: flag("print each order as a line of JSON", { excludes: ["exec"] }),
};

/** The options of `watch`; times are in milliseconds. */
export type WatchOptions = OptionsOf<typeof OPTIONS>;

export const verb = define({
  description:
    "Print the banner of each order as it is placed or cancelled, no matter by which program.\nWith --as, every order is handled at least once, in the order of storing, even if nothing was watching.\nA directory allows one watcher per name; on a server, several share the orders.",
  options: OPTIONS,
  examples: [
    "orders watch",
    "orders watch --as sales --exec ./ring-the-bell.sh",
    "orders watch --as web --forward-to https://shop.example/hooks/orders",
    "orders watch --as backup --until-caught-up --json >> orders.ndjson",
    "orders watch --json | while read -r event; do …; done",
  ],
  async run(options, outer) {
    const heartbeat = new Heartbeat(outer);
    const context = outer.withStderr(heartbeat.output);
    const { io } = context;
    const say = (text: string) => void io.stderr.write(`${escapeUnsafe(text)}\n`);
    const matches = deliveryMatcher(options);
    const [ending, abort] = [new AbortController(), new AbortController()];
    const hook = await createHook(options, context, ending.signal);
    const handler = hook ?? (await createWebhook(options, context));
    const desk = handler ? undefined : printingDesk(options, context, ending.signal);
    const orders = await context.openExisting(options, desk);
    const from =
      options.from === undefined
        ? undefined
        : await parseStartingPosition(options.from, orders.store, io);
    const newSubscription = await checkNewSubscription(options, from, orders, io);
    await heartbeat.prepare(orders.store);
    io.onStop((signal) => {
      if (!ending.signal.aborted) {
        if (hook?.running) say(waitingFor(hook.running));
        ending.abort();
      } else if (signal !== "SIGHUP") abort.abort(); // a terminal that is closed sends several
    });
    try {
      await orders.deliver({
        subscription: options.as,
        from,
        batch: handler === undefined ? PRINT_BATCH_ORDERS : 1,
        jobs: options.jobs,
        inOrderOf: options.keepOrder && nameOf,
        untilCaughtUp: options.untilCaughtUp,
        signal: ending.signal,
        abort: abort.signal,
        retry: handler && { maxAttempts: options.maxAttempts, firstPauseMs: options.retryPause },
        around: [
          only(matches),
          heartbeat.hidden,
          ...(hook ? [hook.prepared] : []),
          ...(handler ? [...timeLimits(options), handledBy(handler.run)] : []),
        ],
        onReady: ({ resumed }) => {
          const fromIgnored = resumed && options.from !== undefined;
          // cron mails all output: a run that ends by itself prints only what matters.
          if (!options.untilCaughtUp || fromIgnored || io.stderr.isTerminal) {
            say(watching(orders, options, fromIgnored));
          }
          if (!resumed && newSubscription !== undefined) say(newSubscription);
          heartbeat.begin();
        },
        giveUpAfterMs: options.giveUpAfter,
        onConnection: (state) => {
          heartbeat.mark(state === "lost" ? "connection lost" : undefined);
          const waiting = state === "lost" ? "; waiting for the server" : "";
          say(`connection ${state}: ${orders.store.location}${waiting}`);
        },
        onOutcome: (delivery, outcome) => {
          const { order } = delivery;
          if (outcome.state !== "handled") {
            const id = io.stderr.isTerminal ? order.id.slice(0, SHORT_ID_DIGITS) : order.id;
            const reason = outcome.reason.replace(FORWARDED, "$1");
            say(`order ${id}: ${reason}; ${consequence(outcome, options)}`);
          } else {
            const rings = options.bell && matches(delivery);
            if (rings && io.stderr.isTerminal) io.stderr.write("\x07");
            heartbeat.count(order);
          }
          heartbeat.update();
        },
      });
    } catch (error) {
      if (!(error instanceof OutputClosed)) throw error;
    } finally {
      heartbeat.end();
      await hook?.end();
    }
  },
});

/** How many orders are printed before an acknowledgement has to be durable. */
const PRINT_BATCH_ORDERS = 100;

/** As many as `show` and `parked retry` take: a line on a terminal should not wrap. */
const SHORT_ID_DIGITS = 8;

/** The last line that a command wrote to stderr is kept with the reason, but was told when it was written. */
const FORWARDED = /^(exit \d+|killed by \w+): .*$/s;

/** After the first signal; the second one stops the commands. */
function waitingFor(commands: number): string {
  const which = commands === 1 ? "the running command" : `${commands} running commands`;
  return `waiting for ${which} to finish; a second signal stops ${commands === 1 ? "it" : "them"}`;
}

/** Loaded only for who runs a command: it costs as much as the rest of a start. */
async function createHook(
  { exec, as, ...options }: WatchOptions,
  context: Context,
  ending: AbortSignal,
): Promise<Hook | undefined> {
  if (exec === undefined) return undefined;
  const { Hook } = await import("../watch/hook.js");
  const { value } = context.storeSetting(options);
  const store = await shownLocation(value); // without a login, which is not for every command
  return new Hook(exec, { store, as, ending }, context.io);
}

/** Loaded only for who sends events somewhere. */
async function createWebhook(
  { forwardTo }: WatchOptions,
  { io }: Context,
): Promise<Webhook | undefined> {
  if (forwardTo === undefined) return undefined;
  const { Webhook } = await import("../watch/webhook.js");
  return new Webhook(forwardTo, io);
}

/** Whether an event is one that is watched for. */
function deliveryMatcher({
  event,
  item,
  for: name,
}: WatchOptions): (delivery: Delivery) => boolean {
  const matches = orderMatcher({ item, for: name });
  return (delivery) => delivery.event === (event ?? delivery.event) && matches(delivery.order);
}

/** What has no name is for itself. */
function nameOf(order: Order): string {
  return order.for === undefined ? order.id : `for ${foldCase(order.for)}`;
}

function timeLimits({ forwardTo, ...options }: WatchOptions): readonly Middleware[] {
  const { timeout = forwardTo === undefined ? undefined : REQUEST_TIMEOUT_MS } = options;
  if (timeout === undefined) return [];
  return [timeLimit(timeout, `timed out after ${shownDuration(timeout)}`)];
}

/** Has an order handled by something else than the sales desk, once everybody else was told. */
function handledBy(handle: Handler): Middleware {
  return (next) => async (delivery, signal) => {
    await next(delivery, signal);
    await handle(delivery, signal);
  };
}

function watching({ store }: Orders, { as }: WatchOptions, fromIgnored: boolean): string {
  const name = as === undefined ? "" : ` as ${as}`;
  const note = fromIgnored ? "; resuming, --from ignored" : "";
  return `watching ${store.location}${name}${note}`;
}

function consequence(outcome: Failure, { as }: WatchOptions): string {
  if (outcome.state === "waiting") {
    const { retryInMs } = outcome;
    if (retryInMs === undefined) return "it will be delivered again";
    return `next attempt in ${shownDuration(retryInMs)}`;
  }
  const attempts = counted(outcome.attempts, "attempt");
  return as === undefined
    ? `gave up after ${attempts}`
    : `parked after ${attempts}; see orders parked --as ${as}`;
}

/** Unless another is given; a command has none. */
const REQUEST_TIMEOUT_MS = 30_000;

function webAddress(description: string, more: More): Option<URL | undefined> {
  return { description, value: "url", parse: parseUrl, ...more };
}

function parseUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new InvalidValue("it must be a web address: https://shop.example/orders");
  }
  if (url.username === "" && url.password === "") return url;
  throw new InvalidValue("it must be without a login: the signature says whom it is from");
}

/** Elsewhere 0 can mean no limit; here it would stop and park every order. */
function parseTimeout(text: string): number {
  const timeout = parseMs(text);
  if (timeout > 0) return timeout;
  throw new InvalidValue("it must be longer than 0; without it, no limit");
}
