import { readFileSync } from "node:fs";
import { systemMessage } from "../../../error-message.js";
import { OrdersError } from "../../../errors.js";
import { CREDENTIAL_VARIABLES, type CredentialFiles } from "./credential-files.js";

/** What the files hold; each only if it is named. */
export interface Credentials {
  readonly creds?: Uint8Array;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

/**
 * Reads the credential files.
 *
 * @throws {OrdersError} `invalid-usage` if one cannot be read, or if of certificate and key only
 *   one is given.
 */
export function readCredentials(files: CredentialFiles): Credentials {
  if ((files.cert === undefined) !== (files.key === undefined)) {
    throw new OrdersError(
      "invalid-usage",
      "a client certificate needs its key, and a key its certificate",
      {
        hint: "set both ORDERS_NATS_CERT and ORDERS_NATS_KEY",
      },
    );
  }
  return {
    ...(files.creds && { creds: read("creds", files.creds) }),
    ...(files.ca && { ca: read("ca", files.ca).toString() }),
    ...(files.cert && { cert: read("cert", files.cert).toString() }),
    ...(files.key && { key: read("key", files.key).toString() }),
  };
}

function read(name: keyof CredentialFiles, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    const what = CREDENTIAL_VARIABLES[name];
    const message = `cannot read ${what}: ${systemMessage(cause)}: ${path}`;
    throw new OrdersError("invalid-usage", message, { cause });
  }
}
