import { type Orders, openOrders } from "../app.js";
import { escapeUnsafe, safeJson } from "../domain/printable.js";
import { type ErrorCode, OrdersError } from "../errors.js";
import type { SalesDesk } from "../handlers/notify-sales.js";
import { type Setting, storeSetting } from "../settings.js";
import { credentialFiles } from "../store/jetstream/server/credential-files.js";
import type { Damage, OrderStore } from "../store/order-store.js";
import { hintFor } from "./hints.js";
import { type Io, type Output, withChanges } from "./io.js";
import { colorFlag, PLAIN, type Style, wantsColor } from "./render/style.js";

/** The context of one run of the program. */
export async function createContext(argv: readonly string[], io: Io): Promise<Context> {
  const end = argv.indexOf("--");
  const options = end < 0 ? argv : argv.slice(0, end);
  const flag = colorFlag(options);
  const isColored = [io.stdout, io.stderr].some((output) => wantsColor(output, io.env, flag));
  // chalk is loaded only for who sees colours: a script should not wait for it.
  const colors = isColored ? (await import("./render/colors.js")).COLORED : PLAIN;
  return new Context(io, flag, colors, options.some(wantsJson)); // whatever else is wrong with them
}

/** Whether it has errors told as JSON: the log of `watch` is nothing else. */
function wantsJson(option: string): boolean {
  return /^--(json|log(=json)?)$/.test(option);
}

/** What a verb works with: input and output, the settings, and what it opens. */
export class Context {
  readonly io: Io;
  /** Whether errors are printed as JSON. */
  readonly wantsJson: boolean;
  private readonly colorFlag: boolean | undefined;
  /** Without colour if no output is coloured. */
  private readonly colors: Style;
  private readonly opened: Orders[] = [];
  private readonly damaged = new Set<string>();
  private readonly failures: ErrorCode[] = [];

  constructor(io: Io, colorFlag: boolean | undefined, colors: Style, wantsJson: boolean) {
    this.io = io;
    this.colorFlag = colorFlag;
    this.colors = colors;
    this.wantsJson = wantsJson;
  }

  /** The same with another stderr; what was opened and which damage was reported is shared. */
  withStderr(stderr: Output): Context {
    return withChanges<Context>(this, { io: withChanges(this.io, { stderr }) });
  }

  /** Where the store is, from the options and the environment. */
  storeSetting(options: CommonOptions): Setting<string> {
    return storeSetting(options.store, this.io);
  }

  /** The style of an output: see {@link wantsColor}. */
  style(output: Output): Style {
    return wantsColor(output, this.io.env, this.colorFlag) ? this.colors : PLAIN;
  }

  /** Opens the application on the store of the options; {@link close} closes it. */
  async open(options: CommonOptions, salesDesk?: SalesDesk): Promise<Orders> {
    const orders = await openOrders({
      store: this.storeSetting(options).value,
      now: () => this.io.now(),
      onDamage: (damage) => this.reportDamage(damage),
      onWarning: (warning) => this.reportError(warning),
      credentialFiles: credentialFiles(this.io.env),
      ...(salesDesk && { salesDesk }),
    });
    this.opened.push(orders);
    if (options.trace) {
      const { traceMessages } = await import("./trace.js");
      const { stderr } = this.io;
      traceMessages(orders.bus, stderr, this.style(stderr));
    }
    return orders;
  }

  /**
   * Opens the application on a store that is there already. Only what stores orders, and `init`, creates
   * one: a mistyped location, or a disk that is not mounted, must not look like a store without orders.
   *
   * @throws {OrdersError} `store-not-found`: nothing is at the location that was named. At the default one
   *   there is nothing before the first order; that is a line on stderr.
   */
  async openExisting(options: CommonOptions, salesDesk?: SalesDesk): Promise<Orders> {
    const orders = await this.open(options, salesDesk);
    await this.mustExist(orders.store, options);
    return orders;
  }

  /**
   * The same of a store that was opened. Who only reads asks once nothing was found: on the way to a server it would
   * be one more round trip for everybody else.
   *
   * @throws {OrdersError} as {@link openExisting}.
   */
  async mustExist(store: OrderStore, options: CommonOptions): Promise<void> {
    if (await store.exists()) return;
    if (this.storeSetting(options).origin !== "default") {
      throw new OrdersError("store-not-found", `no store at ${store.location}`, {
        hint: "the first order creates it, and so does orders init",
      });
    }
    if (this.wantsJson) return; // what follows may be an error, which stands alone
    const location = escapeUnsafe(store.location);
    this.io.stderr.write(`no store yet at ${location}; the first order creates it\n`);
  }

  /** Prints a result as a line of JSON. */
  printJson(value: unknown): void {
    this.io.stdout.write(`${safeJson(value)}\n`);
  }

  /** Reports damage on stderr, once for each location. */
  reportDamage({ location, problem }: Damage): void {
    if (this.damaged.has(location)) return;
    this.damaged.add(location);
    this.reportFault("store-damaged", `${location}: ${problem}`);
  }

  /** Reports on stderr what is wrong with a part of the data; the program goes on. */
  reportFault(code: ErrorCode, message: string): void {
    this.io.stderr.write(this.wantsJson ? errorJson(code, message) : `${escapeUnsafe(message)}\n`);
  }

  /**
   * Prints an error in one line, with a hint below it where there is one, or all of it as JSON. Messages and
   * hints may quote anything: control characters are escaped here, for all of them.
   */
  reportError(error: OrdersError, hint: string | null = hintFor(error) ?? null): void {
    const { stderr } = this.io;
    const { code, message, orderId } = error;
    if (this.wantsJson) return void stderr.write(errorJson(code, message, hint, orderId));
    stderr.write(`${this.style(stderr).bad("orders:")} ${escapeUnsafe(message)}\n`);
    for (const line of hint?.split("\n") ?? []) stderr.write(`  ${escapeUnsafe(line)}\n`);
  }

  /** Reports in one line a failure after which the verb goes on; the first of them decides the exit code. */
  reportFailure(error: OrdersError): void {
    this.failures.push(error.code);
    if (this.wantsJson) this.reportError(error);
    else this.reportError(error, null);
  }

  /** What was the first {@link reportFailure}, if there was one. */
  get firstFailure(): ErrorCode | undefined {
    return this.failures[0];
  }

  /**
   * Closes everything that was opened.
   *
   * @returns whether damage was found in the store.
   */
  async close(): Promise<boolean> {
    for (const orders of this.opened) await orders.close();
    return this.damaged.size > 0;
  }
}

/** The options that every verb has. */
export interface CommonOptions {
  readonly store?: string;
  readonly trace?: boolean;
  readonly help?: boolean;
}

/** An error as a line of JSON. The shape only ever grows; docs/errors.md describes it. */
function errorJson(
  code: ErrorCode,
  message: string,
  hint: string | null = null,
  id?: string,
): string {
  return `${safeJson({ error: { code, message, hint, id } })}\n`;
}
