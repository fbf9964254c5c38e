import { readFileSync } from "node:fs";
import { OrdersError } from "../../errors.js";
import type { ServerFiles } from "../order-store.js";

const NAMES: Readonly<Record<keyof ServerFiles, string>> = {
  creds: "ORDERS_NATS_CREDS",
  ca: "ORDERS_NATS_CA",
  cert: "ORDERS_NATS_CERT",
  key: "ORDERS_NATS_KEY",
};

/** What the files hold; each only if it is named. */
export interface ServerSecrets {
  readonly creds?: Uint8Array;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/**
 * Reads the files that a server may want to see.
 *
 * @throws {OrdersError} `invalid-usage` if one cannot be read, or if of certificate and key only
 *   one is given.
 */
export function readServerFiles(files: ServerFiles): ServerSecrets {
  if ((files.cert === undefined) !== (files.key === undefined)) {
    throw new OrdersError("invalid-usage", "a client certificate and its key go together", {
      hint: "set both ORDERS_NATS_CERT and ORDERS_NATS_KEY",
    });
  }
  return {
    ...(files.creds && { creds: read("creds", files.creds) }),
    ...(files.ca && { ca: read("ca", files.ca).toString() }),
    ...(files.cert && { cert: read("cert", files.cert).toString() }),
    ...(files.key && { key: read("key", files.key).toString() }),
  };
}

function read(name: keyof ServerFiles, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const reason = /^[A-Z0-9]+: ([^,]+)/.exec((cause as Error).message)?.[1];
    throw new OrdersError("invalid-usage", `cannot read ${NAMES[name]}: ${reason}: ${path}`, {
      cause,
    });
  }
}
