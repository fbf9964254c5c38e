import { readFileSync } from "node:fs";
import {
  type Authenticator,
  credsAuthenticator,
  nkeyAuthenticator,
  usernamePasswordAuthenticator,
} from "@nats-io/transport-node";
import { systemMessage } from "../../../error-message.js";
import { OrdersError } from "../../../errors.js";
import { CREDENTIAL_VARIABLES } from "./credential-files.js";

/**
 * Logs in with what a file holds: NATS credentials, the seed of an nkey, or `user:password`. It is read again for each
 * connection, since it can be replaced while one is in use. While it cannot be read, its last content counts.
 *
 * @throws {OrdersError} `invalid-usage`: it cannot be read, or holds something else.
 */
export function loginFrom(path: string): Authenticator {
  let login = readLogin(path);
  return (nonce) => {
    try {
      login = readLogin(path);
    } catch {}
    return login(nonce);
  };
}

function readLogin(path: string): Authenticator {
  try {
    const login = loginOf(readFileSync(path));
    login("nonce"); // it throws if it holds something else
    return login;
  } catch (cause) {
    const problem = (cause as NodeJS.ErrnoException).syscall
      ? systemMessage(cause)
      : "neither NATS credentials nor an nkey seed nor user:password";
    const message = `cannot use ${CREDENTIAL_VARIABLES.creds}: ${problem}: ${path}`;
    throw new OrdersError("invalid-usage", message, { cause });
  }
}

function loginOf(content: Uint8Array): Authenticator {
  const line = new TextDecoder().decode(content).trim();
  if (/^SU[A-Z2-7]+$/.test(line)) return nkeyAuthenticator(new TextEncoder().encode(line));
  const [, user, password] = /^([^:\s]+):(.+)$/.exec(line) ?? [];
  return user ? usernamePasswordAuthenticator(user, password) : credsAuthenticator(content);
}
