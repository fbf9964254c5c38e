import { readFileSync } from "node:fs";
import { credsAuthenticator } from "@nats-io/transport-node";
import { systemMessage } from "../../../error-message.js";
import { OrdersError } from "../../../errors.js";
import { CREDENTIAL_VARIABLES, type CredentialFiles } from "./credential-files.js";

/** What the files hold; each only if it is named. */
export interface Credentials {
  /** Read again whenever it is called: credentials can be replaced while a connection is in use. */
  readonly creds?: () => Uint8Array;
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
    ...(files.creds && { creds: rereading(files.creds) }),
    ...(files.ca && { ca: read("ca", files.ca).toString() }),
    ...(files.cert && { cert: read("cert", files.cert).toString() }),
    ...(files.key && { key: read("key", files.key).toString() }),
  };
}

/** While the file cannot be read, as when it is being replaced, its last content counts. */
function rereading(path: string): () => Uint8Array {
  let content = readCreds(path);
  return () => {
    try {
      content = readCreds(path);
    } catch {}
    return content;
  };
}

function readCreds(path: string): Buffer {
  const content = read("creds", path);
  try {
    credsAuthenticator(content)("nonce");
    return content;
  } catch (cause) {
    const message = `not a NATS credentials file: ${CREDENTIAL_VARIABLES.creds}: ${path}`;
    throw new OrdersError("invalid-usage", message, { cause });
  }
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
