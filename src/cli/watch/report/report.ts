import type { Middleware } from "../../../delivery/handler.js";
import type { OutcomeListener } from "../../../delivery/settle.js";
import type { Delivery } from "../../../store/order-feed.js";
import type { OrderStore } from "../../../store/order-store.js";
import type { Context } from "../../context.js";
import type { Output } from "../../io.js";
import { backlog } from "./backlog.js";
import type { Listener } from "./happenings.js";
import { jsonLog } from "./json-log.js";
import { ordersToday } from "./orders-today.js";
import { Screen } from "./screen.js";
import type { ServiceManager } from "./service-manager.js";
import { textLog, type Watching } from "./text-log.js";

/** Tells everybody what happens while watching: stderr, in one of three ways, and systemd if it asks. */
export class Report {
  /** With what else is written to stderr above the line at the bottom of a terminal. */
  readonly context: Context;
  /** Whether it wants to be told of whole lines, without their ends, of what commands write to stderr. */
  readonly takesLines: boolean;
  readonly #screen: Screen | undefined;
  readonly #listeners: Listener[];
  #service: ServiceManager | undefined;
  /** When each attempt that is under way began. */
  readonly #begun = new Map<Delivery, number>();

  constructor(options: Watching & { readonly log?: "json" | undefined }, outer: Context) {
    const now = () => outer.io.now();
    const summary = options.acts ? backlog(options.as, now, () => this.inFlight) : ordersToday(now);
    const screen = new Screen(outer, options, summary);
    this.#screen = options.log === undefined && screen.isPossible ? screen : undefined;
    this.context = this.#screen ? outer.withStderr(screen.output) : outer;
    const { io } = this.context;
    const log = options.log ? jsonLog(io) : textLog(options, io, this.#screen !== undefined);
    this.takesLines = options.log !== undefined || io.stderr.isTerminal;
    this.#listeners = this.#screen ? [log, screen.listen] : [log];
  }

  /** Where commands print, if that is not simply our own stdout. */
  get stdout(): Output | undefined {
    return this.#screen?.stdout;
  }

  /** How many attempts are under way. */
  get inFlight(): number {
    return this.#begun.size;
  }

  /** To be called before anything happens. */
  async prepare(store: OrderStore): Promise<void> {
    await this.#screen?.summary.prepare(store);
    const { env } = this.context.io;
    if (!env.NOTIFY_SOCKET) return;
    const { serviceManager } = await import("./service-manager.js");
    this.#service = serviceManager(env, (message) => this.tell({ event: "notice", message }));
    this.#listeners.push(this.#service.listen);
  }

  readonly tell: Listener = (happening) => {
    for (const listener of this.#listeners) listener(happening);
  };

  /** Around the handling of what is watched for. */
  readonly delivered: Middleware = (next) => (delivery, signal) => {
    this.#begun.set(delivery, performance.now());
    this.tell({ event: "delivered", delivery });
    return next(delivery, signal);
  };

  readonly onOutcome: OutcomeListener = (delivery, { state, ...outcome }) => {
    const begun = this.#begun.get(delivery);
    this.#begun.delete(delivery);
    const durationMs = begun && Math.round(performance.now() - begun);
    if ("attempts" in outcome) this.tell({ event: "parked", delivery, ...outcome, durationMs });
    else if ("reason" in outcome) this.tell({ event: "failed", delivery, ...outcome, durationMs });
    else if (durationMs === undefined) this.tell({ event: "skipped", delivery });
    else this.tell({ event: "acknowledged", delivery, durationMs });
  };

  /** Resolves once everybody knows that it is over. */
  async end(): Promise<void> {
    this.tell({ event: "stopped" });
    await this.#service?.end();
  }
}
