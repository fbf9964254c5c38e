import type { Delivery } from "../../../store/order-feed.js";

/** What happens while orders are watched. */
export type Happening =
  | {
      readonly event: "started";
      readonly store: string;
      readonly subscription: string | undefined;
      /** The subscription existed before. */
      readonly resumed: boolean;
    }
  | { readonly event: "delivered"; readonly delivery: Delivery }
  /** What a command wrote to its stderr: a part of it, or a whole line without its end. */
  | { readonly event: "output"; readonly delivery: Delivery; readonly text: string }
  | { readonly event: "acknowledged"; readonly delivery: Delivery; readonly durationMs: number }
  /** Acknowledged without being handled: it is not what is watched for. */
  | { readonly event: "skipped"; readonly delivery: Delivery }
  | FailedAttempt
  | { readonly event: "connection-lost" | "connection-regained"; readonly store: string }
  | { readonly event: "notice"; readonly message: string }
  /** A signal came; so many commands are still running. */
  | { readonly event: "stopping"; readonly running: number }
  | { readonly event: "stopped" };

/** An attempt failed: the order is delivered again, or was parked. */
export type FailedAttempt = {
  readonly delivery: Delivery;
  readonly reason: string;
  /** `undefined`: the attempt was not even begun. */
  readonly durationMs: number | undefined;
} & (
  | { readonly event: "failed"; readonly retryInMs: number | undefined }
  | { readonly event: "parked"; readonly attempts: number }
);

/** One of those who tell of what happens. */
export type Listener = (happening: Happening) => void;
