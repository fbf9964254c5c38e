import { execFile } from "node:child_process";
import { systemMessage } from "../../../error-message.js";
import type { Io } from "../../io.js";
import { counted } from "../../render/count.js";
import type { Happening } from "./happenings.js";

/**
 * Tells systemd how the watcher is doing, as
 * {@link https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html sd_notify} says. Node has no datagram
 * sockets in the file system: `systemd-notify` sends the messages, one at a time.
 */
export class ServiceManager {
  readonly #env: Io["env"];
  readonly #onProblem: (message: string) => void;
  /** Half of the time after which systemd takes a watcher that says nothing for hung. */
  readonly #watchdogMs: number | undefined;
  #handled = 0;
  #parked = 0;
  #remark = "";
  #told = "";
  #sent: Promise<void> = Promise.resolve();
  #isSending: boolean = false;
  #isProblemTold = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(env: Io["env"], onProblem: (message: string) => void) {
    this.#env = env;
    this.#onProblem = onProblem;
    const { WATCHDOG_USEC, WATCHDOG_PID = String(process.pid) } = env;
    const isWatched = Number(WATCHDOG_USEC) > 0 && WATCHDOG_PID === String(process.pid);
    this.#watchdogMs = isWatched ? Number(WATCHDOG_USEC) / 2000 : undefined;
  }

  readonly listen = ({ event }: Happening): void => {
    if (event === "acknowledged") this.#handled++;
    else if (event === "parked") this.#parked++;
    else if (event === "started") this.#begin();
    else if (event === "connection-lost") this.#tell("", "; connection lost");
    else if (event === "connection-regained") this.#tell("", "");
    else if (event === "stopping" || (event === "stopped" && this.#remark !== STOPPING)) {
      this.#tell("STOPPING=1", STOPPING);
    }
  };

  /** Resolves once everything is sent. */
  async end(): Promise<void> {
    clearInterval(this.#timer);
    await this.#sent;
  }

  /** A timer fires as long as the event loop goes round: whatever blocks that keeps the watchdog from being told. */
  #begin(): void {
    this.#tell("READY=1", this.#remark);
    const watchdog = this.#watchdogMs === undefined ? "" : "WATCHDOG=1";
    const tick = () => this.#isSending || this.#tell(watchdog, this.#remark);
    this.#timer = setInterval(tick, this.#watchdogMs ?? STATUS_INTERVAL_MS).unref();
  }

  #tell(state: string, remark: string): void {
    this.#remark = remark;
    const status = `STATUS=${counted(this.#handled, "event")} handled, ${this.#parked} parked${remark}`;
    const news = [...(state ? [state] : []), ...(status === this.#told ? [] : [status])];
    this.#told = status;
    if (news.length > 0) this.#sent = this.#sent.then(() => this.#send(news));
  }

  #send(assignments: readonly string[]): Promise<void> {
    const { PATH, NOTIFY_SOCKET } = this.#env;
    const options = { env: { PATH, NOTIFY_SOCKET }, timeout: SEND_TIMEOUT_MS };
    this.#isSending = true;
    return new Promise((resolve) => {
      execFile("systemd-notify", assignments, options, (error, _, stderr) => {
        if (error !== null && !this.#isProblemTold) {
          this.#isProblemTold = true;
          this.#onProblem(`cannot notify systemd: ${stderr.trim() || systemMessage(error)}`);
        }
        this.#isSending = false;
        resolve();
      });
    });
  }
}

const STOPPING = "; stopping";
const STATUS_INTERVAL_MS = 30_000;
const SEND_TIMEOUT_MS = 5000;
