import type { OrderStore } from "../../../store/order-store.js";
import type { Context } from "../../context.js";
import type { Output } from "../../io.js";
import { StatusLine } from "../../render/status-line.js";
import { fitting } from "../../render/width.js";
import { eventLine } from "./event-line.js";
import type { Happening, Listener } from "./happenings.js";
import type { Watching } from "./text-log.js";

/** What the line at the bottom says. */
export interface Summary {
  prepare(store: OrderStore): Promise<void> | void;
  note(happening: Happening): void;
  /** From long to short. */
  texts(): readonly string[];
}

/** What a terminal shows of watching: a summary in the line at the bottom and, unless banners are printed, each attempt. */
export class Screen extends StatusLine {
  /** stdout with that line below it, where it is a terminal as well. */
  readonly stdout: Output | undefined;
  readonly summary: Summary;
  readonly #context: Context;
  readonly #options: Watching;
  #remark: "" | "connection lost; " = "";
  #drawn = "";
  #redrawing: NodeJS.Timeout | undefined;

  constructor(context: Context, options: Watching, summary: Summary) {
    const { stdout, stderr } = context.io;
    const { faint, bad } = context.style(stderr);
    super(context.io, (text) => (this.#remark === "" ? faint(text) : bad(text)));
    this.stdout = stdout.isTerminal ? this.above(stdout) : undefined;
    this.summary = summary;
    this.#context = context;
    this.#options = options;
  }

  readonly listen: Listener = (happening) => {
    const { event } = happening;
    const { acts } = this.#options;
    this.summary.note(happening);
    if (event === "connection-lost") this.#remark = "connection lost; ";
    else if (event === "connection-regained") this.#remark = "";
    const isAttempt = event === "acknowledged" || event === "failed" || event === "parked";
    if (acts && isAttempt) {
      const { io } = this.#context;
      const style = this.#context.style(io.stderr);
      const { columns } = io.stderr;
      this.output.write(eventLine(happening, this.#options.as, io.now(), columns, style));
    }
    if (event === "started") this.#redrawing = setInterval(() => this.#redraw(), REDRAW_MS).unref();
    if (event === "stopped") this.#end();
    else if (event === "delivered" && !acts)
      this.clear(); // a banner is printed now
    else if (event === "started" || event === "skipped" || isAttempt) this.#draw();
    else this.#redraw();
  };

  #end(): void {
    this.clear();
    clearInterval(this.#redrawing);
    this.#redrawing = undefined;
  }

  #redraw(): void {
    if (this.isShown) this.#draw();
  }

  #draw(): void {
    if (this.#redrawing === undefined) return;
    const columns = this.#context.io.stderr.columns - 1;
    const text = fitting(
      this.summary.texts().map((each) => this.#remark + each),
      columns,
    );
    if (this.isShown && text === this.#drawn) return;
    this.#drawn = text;
    this.show(text);
  }
}

/** So soon it shows what others did, and fits a terminal whose width was changed. */
const REDRAW_MS = 1000;
