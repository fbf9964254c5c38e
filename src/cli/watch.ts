import { Command, InvalidArgumentError, Option } from "commander";
import type { Orders } from "../app.js";
import type { Consequence, RetryPolicy } from "../deliver.js";
import { OrdersError } from "../errors.js";
import { addCommonOptions, jsonOption, quietOption } from "./common-options.js";
import type { CommonOptions, Context } from "./context.js";
import { Heartbeat } from "./heartbeat.js";
import { Hook } from "./hook.js";
import { parseDuration } from "./parse-time.js";
import { counted } from "./render/count.js";
import { shownDuration } from "./render/duration.js";
import { FROM_FORMS, parseStartingPosition } from "./starting-position.js";
import { deskView, ReaderGone, WatchDesk } from "./watch-desk.js";

/** What `watch` can be told. */
export interface WatchOptions extends CommonOptions {
  readonly as?: string;
  readonly from?: string;
  readonly untilCaughtUp?: boolean;
  readonly exec?: string;
  readonly maxAttempts: number;
  /** In milliseconds, as is `retryPause`. */
  readonly timeout?: number;
  readonly retryPause: number;
  readonly bell?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

/** Printed orders are acknowledged so many at a time while there is a backlog. */
const BATCH = 100;

/** In milliseconds: timers cannot be set to more than some hours above it. */
const LONGEST = 24 * 86_400_000;

/** Parses `watch`. */
export function createWatchCommand(deps: Context): Command {
  const command = new Command("watch")
    .description(
      "Print the banner of each order as it is placed, by whatever program.\nWith --as every order is handled at least once, also those placed while nobody watched.\nOn a directory one process at a time can use a name; on a server they share the orders.",
    )
    .option("--as <name>", "a subscription that goes on after the last order that it handled")
    .option("--from <where>", `where to begin, the first time: ${FROM_FORMS}`)
    .option("--until-caught-up", "handle what is waiting, then end")
    .option("--exec <command>", "run a command for each order instead: it gets the order on stdin")
    .option(
      "--max-attempts <n>",
      "how often the command is tried before the order is parked",
      parseCount,
      5,
    )
    .addOption(
      new Option("--retry-pause <duration>", "how long to wait before the second attempt")
        .argParser(parsePause)
        .default(1000, "1s"),
    )
    .option("--timeout <duration>", "stop a command that takes longer: 500ms, 30s, 5m", parsePause)
    .option("--bell", "ring the terminal's bell at each order")
    .addOption(quietOption("print ids instead of banners").conflicts("exec"))
    .addOption(jsonOption("print each order as a line of JSON").conflicts("exec"))
    .action(() => runWatch(command.optsWithGlobals(), deps));
  return addCommonOptions(command, [
    "orders watch",
    "orders watch --as sales --exec ./ring-the-bell.sh",
    "orders watch --as backup --until-caught-up --json >> orders.ndjson",
    "orders watch --json | while read -r order; do …; done",
  ]);
}

/** Hands each order to the sales desk until it is stopped. */
export async function runWatch(options: WatchOptions, deps: Context): Promise<void> {
  if (options.untilCaughtUp && options.as === undefined && options.from === undefined) {
    throw new OrdersError("invalid-usage", "--until-caught-up needs --as to know what is waiting", {
      hint: "for example: orders watch --as sales --until-caught-up",
    });
  }
  const { io } = deps;
  const heartbeat = new Heartbeat(io.stderr, deps.style(io.stderr), () => io.now());
  const hook = options.exec === undefined ? undefined : new Hook(options.exec, options, io);
  const { bell = false } = options;
  const desk = new WatchDesk({ view: deskView(options, deps), hook, heartbeat, bell, io });
  deps.say = (line) => desk.say(line);
  const orders = await deps.open(options, (told) => desk.tell(told));
  const from =
    options.from === undefined
      ? undefined
      : await parseStartingPosition(options.from, orders.store, io.now());
  await heartbeat.prepare(orders.store);
  try {
    await orders.deliver({
      subscription: options.as,
      from,
      batch: hook === undefined ? BATCH : 1,
      untilCaughtUp: options.untilCaughtUp,
      signal: stopSignal(desk, deps),
      retry: hook === undefined ? undefined : retryPolicy(options),
      onReady: ({ resumed }) => {
        const ignored = resumed && options.from !== undefined;
        // What cron runs says something only if there is something to say.
        if (!options.untilCaughtUp || ignored || io.stderr.isTerminal) {
          desk.say(watching(orders, options, ignored));
        }
        heartbeat.begin();
      },
      onAttempt: (delivery) => desk.take(delivery),
      onHandled: (delivery) => desk.done(delivery),
      onFailure: ({ order, attempt }, reason, then) => {
        desk.say(`order ${order.id}: ${reason}; ${consequence(then, attempt, options)}`);
        if (then === "parked") desk.putDown();
      },
    });
  } catch (error) {
    if (!(error instanceof ReaderGone)) throw error;
  } finally {
    heartbeat.end();
  }
}

/** The first signal lets the order in hand be finished, a second one stops its command. */
function stopSignal(desk: WatchDesk, deps: Context): AbortSignal {
  const controller = new AbortController();
  deps.io.onStop((signal) => {
    if (controller.signal.aborted) desk.stopCommand();
    else if (desk.isRunningCommand)
      desk.say("letting the running command finish; a second signal stops it");
    deps.stoppedBy = signal;
    controller.abort();
  });
  return controller.signal;
}

function retryPolicy({ maxAttempts, retryPause }: WatchOptions): RetryPolicy {
  return {
    maxAttempts,
    firstPauseMs: retryPause,
    isFatal: (cause) => cause instanceof OrdersError,
  };
}

function watching({ store }: Orders, { as }: WatchOptions, ignored: boolean): string {
  const name = as === undefined ? "" : ` as ${as}`;
  const note = ignored ? "; it goes on where it stood, whatever --from says" : "";
  return `watching ${store.location}${name}${note}`;
}

function consequence(then: Consequence, attempt: number, { as }: WatchOptions): string {
  if (then === "interrupted") return "it will be handed over again";
  if (then !== "parked") return `next attempt in ${shownDuration(then.retryInMs)}`;
  const attempts = counted(attempt, "attempt");
  return as === undefined
    ? `given up after ${attempts}`
    : `parked after ${attempts}, see orders parked --as ${as}`;
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,5}$/.test(text)) throw new InvalidArgumentError("It must be 1 or more.");
  return Number(text);
}

function parsePause(text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined) {
    throw new InvalidArgumentError("Write a duration: 500ms, 30s, 5m, 2h.");
  }
  if (duration > LONGEST) throw new InvalidArgumentError("It must be 24 days or less.");
  return duration;
}
