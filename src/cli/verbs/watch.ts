import type { Handler, Middleware } from "../../delivery/handler.js";
import { only } from "../../delivery/only.js";
import { timeLimit } from "../../delivery/time-limit.js";
import { foldCase, type Order, orderMatcher } from "../../domain/order.js";
import { shownLocation } from "../../store/location.js";
import { type Delivery, FEED_EVENTS } from "../../store/order-feed.js";
import { YES } from "../confirm.js";
import type { Io } from "../io.js";
import { define } from "../options/definition.js";
import { FILTER_OPTIONS } from "../options/filter-options.js";
import {
  choice,
  count,
  flag,
  InvalidValue,
  type Option,
  type OptionsOf,
  text,
  withDefault,
} from "../options/options.js";
import { shownDuration } from "../render/duration.js";
import { FROM_FORMS, parseStartingPosition } from "../time/starting-position.js";
import { duration, parseMs } from "../time/time-options.js";
import { OutputClosed, printingDesk } from "../watch/desk.js";
import type { Hook } from "../watch/hook.js";
import { checkNewSubscription } from "../watch/new-subscription.js";
import { Report } from "../watch/report/report.js";

const WITH_HANDLER = {
  needs: {
    oneOf: ["exec", "forwardTo"],
    example: "orders watch --as sales --exec ./ring-the-bell.sh",
  },
};

const OPTIONS = {
  as: text(
    "subscription",
    "watch as a named subscription, which resumes after its last handled order",
  ),
  from: text("position", `where a new subscription starts: ${FROM_FORMS}`),
  event: choice("event", "only when this happens to an order", FEED_EVENTS),
  ...FILTER_OPTIONS,
  untilCaughtUp: flag("handle the waiting orders, then exit", {
    needs: {
      oneOf: ["as", "from"],
      example: "orders watch --as sales --until-caught-up",
    },
  }),
  exec: text("command", "run a command for each event, with the order as JSON on its stdin"),
  forwardTo: {
    description: "send each event to a web address by POST, signed",
    value: "url",
    excludes: ["exec", "json", "quiet"],
    parse: parseUrl,
  } as Option<URL | undefined>,
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
  log: choice("format", "tell on stderr what happens, as lines of JSON", ["json"]),
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
    "Print the banner of each order as it is placed, cancelled or done, no matter by which program.\nWith --as, every order is handled at least once, in the order of storing, even if nothing was watching.\nA directory allows one watcher per name; on a server, several share the orders.",
  options: OPTIONS,
  examples: [
    "orders watch",
    "orders watch --as sales --exec ./ring-the-bell.sh",
    "orders watch --as web --forward-to https://shop.example/hooks/orders",
    "orders watch --as backup --until-caught-up --json >> orders.ndjson",
    "orders watch --json | while read -r event; do …; done",
  ],
  async run(options, outer) {
    const acts = options.exec !== undefined || options.forwardTo !== undefined;
    const report = new Report({ ...options, acts }, outer);
    const { context } = report;
    const { io } = context;
    const [ending, abort] = [new AbortController(), new AbortController()];
    const hook = await hookOf(options, report, ending.signal);
    const handle = hook?.run ?? (await webhookOf(options, io));
    const desk = handle ? undefined : printingDesk(options, context, ending.signal);
    const orders = await context.openExisting(options, desk);
    const from =
      options.from === undefined
        ? undefined
        : await parseStartingPosition(options.from, orders.store, io);
    const newSubscription = await checkNewSubscription(options, from, orders, io);
    await report.prepare(orders.store);
    io.onStop((signal) => {
      if (!ending.signal.aborted) {
        report.tell({ event: "stopping", running: hook ? report.inFlight : 0 });
        ending.abort();
      } else if (signal !== "SIGHUP") abort.abort(); // a terminal that is closed sends several
    });
    const { location } = orders.store;
    try {
      await orders.deliver({
        subscription: options.as,
        from,
        batch: handle === undefined ? PRINT_BATCH_ORDERS : 1,
        jobs: options.jobs,
        inOrderOf: options.keepOrder && nameOf,
        untilCaughtUp: options.untilCaughtUp,
        signal: ending.signal,
        abort: abort.signal,
        retry: handle && { maxAttempts: options.maxAttempts, firstPauseMs: options.retryPause },
        around: [
          only(deliveryMatcher(options)),
          report.delivered,
          ...(hook ? [hook.prepared] : []),
          ...(handle ? [...timeLimits(options), handledBy(handle)] : []),
        ],
        onReady: ({ resumed }) => {
          report.tell({ event: "started", store: location, subscription: options.as, resumed });
          if (!resumed && newSubscription !== undefined) {
            report.tell({ event: "notice", message: newSubscription });
          }
        },
        giveUpAfterMs: options.giveUpAfter,
        onConnection: (state) => report.tell({ event: `connection-${state}`, store: location }),
        onOutcome: report.onOutcome,
      });
    } catch (error) {
      if (!(error instanceof OutputClosed)) throw error;
    } finally {
      await report.end();
      await hook?.end();
    }
  },
});

/** How many orders are printed before an acknowledgement has to be durable. */
const PRINT_BATCH_ORDERS = 100;

/** Loaded only for who runs a command: it costs as much as the rest of a start. */
async function hookOf(
  { exec, as, ...options }: WatchOptions,
  report: Report,
  ending: AbortSignal,
): Promise<Hook | undefined> {
  if (exec === undefined) return undefined;
  const { createHook } = await import("../watch/hook.js");
  const { value } = report.context.storeSetting(options);
  const store = await shownLocation(value); // without a login, which is not for every command
  return createHook(exec, { store, as, ending, report }, report.context.io);
}

/** Loaded only for who sends events somewhere. */
async function webhookOf({ forwardTo }: WatchOptions, io: Io): Promise<Handler | undefined> {
  if (forwardTo === undefined) return undefined;
  return (await import("../watch/webhook.js")).createWebhook(forwardTo, io);
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

/** Unless another is given; a command has none. */
const REQUEST_TIMEOUT_MS = 30_000;

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
