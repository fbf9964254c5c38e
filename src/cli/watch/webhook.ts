import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import http from "node:http";
import { Park, TryLater } from "../../delivery/decisions.js";
import type { Handler } from "../../delivery/handler.js";
import { occurredAt } from "../../domain/closing.js";
import { systemMessage } from "../../error-message.js";
import { OrdersError } from "../../errors.js";
import type { Delivery } from "../../store/order-feed.js";
import type { Io } from "../io.js";
import { stopWatching } from "./stop-watching.js";

/**
 * Sends each event to a web address, by POST and signed, and waits for the answer: 2xx means that it was handled.
 * {@link https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md Standard Webhooks}
 *
 * @returns a handler that throws {@link TryLater} for 429 and 503, after as long as the answer says; {@link Stop}
 *   for 410, as nothing is wanted there any more; {@link Park} for any other 4xx, as it would be refused again.
 * @throws {OrdersError} `invalid-usage`: there is no secret to sign with, or a proxy that cannot be used.
 */
export function createWebhook(url: URL, io: Io): Handler {
  const secrets = secretsIn(io.env);
  useProxy(url, io.env);
  return async (delivery, signal) => {
    const { body, headers } = signedMessage(delivery, secrets, io.now());
    const request = { method: "POST", headers, body, redirect: "manual", signal } as const;
    const response = await fetch(url, request).catch((error: Error) => {
      signal.throwIfAborted();
      const { cause = error } = error;
      throw new Error(`no answer from ${url.host}: ${systemMessage(cause)}`, { cause: error });
    });
    const { status } = response;
    await response.body?.cancel();
    if (response.ok) return;
    const answer = `${url.host} answered ${status} ${response.statusText}`.trimEnd();
    if (status === 429 || status === 503) {
      throw new TryLater(answer, retryAfterMs(response, io.now()));
    }
    if (status === 410) throw stopWatching(`the webhook is gone: ${answer}`);
    if (status >= 400 && status < 500) throw new Park(answer);
    throw new Error(status < 400 ? `${answer}; redirects are not followed` : answer);
  };
}

/**
 * An event as messages on the bus are: what concerns an order has its id as correlation. Its own id is the same however
 * often it is sent, so that who receives it can tell.
 */
function signedMessage({ event, order }: Delivery, secrets: readonly Buffer[], now: Date) {
  const id = `${event}-${order.id}`;
  const body = JSON.stringify({
    id,
    topic: event,
    occurredAt: occurredAt(order),
    correlationId: order.id,
    payload: { order },
  });
  const seconds = Math.floor(now.getTime() / 1000);
  const content = `${id}.${seconds}.${body}`;
  const headers = {
    "content-type": "application/json",
    "user-agent": "orders",
    "webhook-id": id,
    "webhook-timestamp": String(seconds),
    "webhook-signature": secrets
      .map((secret) => `v1,${createHmac("sha256", secret).update(content).digest("base64")}`)
      .join(" "),
    ...(order.traceparent !== undefined && { traceparent: order.traceparent }),
  };
  return { body, headers };
}

/** Seconds, or a date ({@link https://www.rfc-editor.org/rfc/rfc9110#field.retry-after RFC 9110}). */
function retryAfterMs({ headers }: Response, now: Date): number | undefined {
  const value = headers.get("retry-after") ?? "";
  const ms = /^\d+$/.test(value) ? Number(value) * 1000 : Date.parse(value) - now.getTime();
  return ms >= 0 ? Math.min(ms, MAX_PAUSE_MS) : undefined;
}

/** A day: longer, nobody would notice that an answer was wrong. */
const MAX_PAUSE_MS = 86_400_000;

/** One secret, or while it is being replaced the new and the old one: what they sign either verifies. */
function secretsIn({ ORDERS_WEBHOOK_SECRET: given, ORDERS_WEBHOOK_SECRET_FILE: file }: Io["env"]) {
  const words = (given || readSecrets(file)).split(/\s+/).filter((word) => word !== "");
  if (words.length === 0) throw noSecret("a webhook is signed, and there is no secret");
  return words.map((word) => {
    const secret = Buffer.from(word.replace(/^whsec_/, ""), "base64");
    const isWhole = /^whsec_[A-Za-z0-9+/]+={0,2}$/.test(word);
    if (isWhole && secret.length >= 24 && secret.length <= 64) return secret;
    throw noSecret("the secret of the webhook must be whsec_ and 24 to 64 bytes as base64");
  });
}

function readSecrets(file: string | undefined): string {
  if (!file) return "";
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw noSecret(`cannot read the secret of the webhook: ${systemMessage(error)}: ${file}`);
  }
}

function noSecret(message: string): OrdersError {
  return new OrdersError("invalid-usage", message, {
    hint: 'make one: echo "whsec_$(head -c 32 /dev/urandom | base64)" > secret; name its file in ORDERS_WEBHOOK_SECRET_FILE',
  });
}

/** Has requests go through the proxy that the environment names; Bun does that by itself. */
function useProxy({ protocol }: URL, env: Io["env"]): void {
  const wanted = `${protocol.replace(":", "")}_proxy`;
  const name = Object.keys(env).find((each) => each.toLowerCase() === wanted && env[each]);
  if (name === undefined || process.versions.bun !== undefined) return;
  const { setGlobalProxyFromEnv } = http as { setGlobalProxyFromEnv?(env: Io["env"]): void };
  if (setGlobalProxyFromEnv !== undefined) setGlobalProxyFromEnv(env);
  else {
    throw new OrdersError("invalid-usage", `this Node.js cannot use the proxy in ${name}`, {
      hint: `use Node.js 24.14 or newer, or go without: env -u ${name} orders watch …`,
    });
  }
}
