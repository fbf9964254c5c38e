import { type Orders, openOrders } from "../app.js";
import type { SalesDesk } from "../handlers/notify-sales.js";
import { type Setting, storeSetting } from "../settings.js";
import { credentialFiles } from "../store/jetstream/connection/credential-files.js";
import type { Damage } from "../store/order-store.js";
import type { Io, Output, StopSignal } from "./io.js";
import { colorFlag, createStyle, type Style, wantsColor } from "./render/style.js";
import { traceMessages } from "./trace.js";

/** The options that every verb has. */
export interface CommonOptions {
  readonly store?: string;
  readonly trace?: boolean;
}

/** What the verbs share during one run of the program. */
export class Context {
  readonly io: Io;
  /** The signal that ended the verb, which is to end the process too. */
  stoppedBy: StopSignal | undefined;
  /** Writes a line to stderr; a verb that keeps something else there sees to that first. */
  say = (line: string): void => void this.io.stderr.write(`${line}\n`);
  readonly #colorFlag: boolean | undefined;
  readonly #opened: Orders[] = [];
  readonly #damaged = new Set<string>();
  #messagesTraced: (() => number) | undefined;

  constructor(argv: readonly string[], io: Io) {
    this.io = io;
    this.#colorFlag = colorFlag(argv);
  }

  /** Where the store is, as flags and environment say. */
  storeSetting(options: CommonOptions): Setting<string> {
    return storeSetting(options.store, this.io);
  }

  /** The colours of an output, as flags and environment say. */
  style(output: Output): Style {
    return createStyle(this.wantsColor(output));
  }

  /** Whether an output is coloured, as flags and environment say. */
  wantsColor(output: Output): boolean {
    return wantsColor(output, this.io.env, this.#colorFlag);
  }

  /** Puts the application together as the options say; {@link close} takes it apart. */
  async open(options: CommonOptions, salesDesk?: SalesDesk): Promise<Orders> {
    const orders = await openOrders({
      store: this.storeSetting(options).value,
      now: () => this.io.now(),
      onDamage: (damage) => this.reportDamage(damage),
      credentialFiles: credentialFiles(this.io.env),
      ...(salesDesk && { salesDesk }),
    });
    this.#opened.push(orders);
    if (options.trace) {
      const { stderr } = this.io;
      this.#messagesTraced = traceMessages(orders.bus, stderr, this.style(stderr));
    }
    return orders;
  }

  /** Names a damaged location on stderr, once. */
  reportDamage({ location, problem }: Damage): void {
    if (this.#damaged.has(location)) return;
    this.#damaged.add(location);
    this.say(`${location}: ${problem}`);
  }

  /**
   * Lets go of everything that was opened.
   *
   * @returns whether damage was found in the store on the way.
   */
  async close(): Promise<boolean> {
    for (const orders of this.#opened) await orders.close();
    if (this.#messagesTraced?.() === 0) {
      this.io.stderr.write("(no messages: this verb only reads the store)\n");
    }
    return this.#damaged.size > 0;
  }
}
