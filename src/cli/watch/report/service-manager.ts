import { execFile } from "node:child_process";
import { systemMessage } from "../../../error-message.js";
import type { Io } from "../../io.js";
import { counted } from "../../render/count.js";
import type { Listener } from "./happenings.js";

/**
 * Tells systemd how the watcher is doing, as
 * {@link https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html sd_notify} says. Node has no datagram
 * sockets in the file system: `systemd-notify` sends the messages, one at a time.
 */
export function serviceManager(
  env: Io["env"],
  onProblem: (message: string) => void,
): ServiceManager {
  const { PATH, NOTIFY_SOCKET, WATCHDOG_USEC, WATCHDOG_PID = String(process.pid) } = env;
  const isWatched = Number(WATCHDOG_USEC) > 0 && WATCHDOG_PID === String(process.pid);
  const options = { env: { PATH, NOTIFY_SOCKET }, timeout: SEND_TIMEOUT_MS };
  let [handled, parked] = [0, 0];
  let [remark, told] = ["", ""];
  let sent: Promise<void> = Promise.resolve();
  let isSending = false;
  let isProblemTold = false;
  let timer: NodeJS.Timeout | undefined;

  const send = (assignments: readonly string[]) => {
    isSending = true;
    return new Promise<void>((resolve) => {
      execFile("systemd-notify", assignments, options, (error, _, stderr) => {
        if (error !== null && !isProblemTold) {
          isProblemTold = true;
          onProblem(`cannot notify systemd: ${stderr.trim() || systemMessage(error)}`);
        }
        isSending = false;
        resolve();
      });
    });
  };

  const tell = (state: string) => {
    const status = `STATUS=${counted(handled, "event")} handled, ${parked} parked${remark}`;
    const news = [state, status === told ? "" : status].filter(Boolean);
    told = status;
    if (news.length > 0) sent = sent.then(() => send(news));
  };

  /** A timer fires as long as the event loop goes round: whatever blocks that keeps the watchdog from being told. */
  const begin = () => {
    tell("READY=1");
    const tick = () => isSending || tell(isWatched ? "WATCHDOG=1" : "");
    // Half of the time after which systemd takes a watcher that says nothing for hung.
    const interval = isWatched ? Number(WATCHDOG_USEC) / 2000 : STATUS_INTERVAL_MS;
    timer = setInterval(tick, interval).unref();
  };

  return {
    listen({ event }) {
      if (event === "acknowledged") handled++;
      else if (event === "parked") parked++;
      else if (event === "started") begin();
      else if (event === "connection-lost" || event === "connection-regained") {
        remark = event === "connection-lost" ? "; connection lost" : "";
        tell("");
      } else if (event === "stopping" || (event === "stopped" && remark !== STOPPING)) {
        remark = STOPPING;
        tell("STOPPING=1");
      }
    },
    async end() {
      clearInterval(timer);
      await sent;
    },
  };
}

/** A service manager that is told how the watcher is doing. */
export interface ServiceManager {
  readonly listen: Listener;
  /** Resolves once everything is sent. */
  end(): Promise<void>;
}

const STOPPING = "; stopping";
const STATUS_INTERVAL_MS = 30_000;
const SEND_TIMEOUT_MS = 5000;
