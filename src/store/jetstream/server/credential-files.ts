import type { OrdersError } from "../../../errors.js";
import type { StoreOptions } from "../../order-store.js";

/** The paths of credential files for a server. */
export interface CredentialFiles {
  /** NATS credentials, the seed of an nkey, or `user:password`. */
  readonly creds?: string | undefined;
  /** Certificates of the authorities to trust, PEM, instead of those that Node.js trusts. */
  readonly ca?: string | undefined;
  /** The client's own certificate, PEM, and its {@link key}: both or neither. */
  readonly cert?: string | undefined;
  /** The private key of {@link cert}, PEM. */
  readonly key?: string | undefined;
}

/** The environment variable that names each file. */
export const CREDENTIAL_VARIABLES: Readonly<Record<keyof CredentialFiles, string>> = {
  creds: "ORDERS_NATS_CREDS",
  ca: "ORDERS_NATS_CA",
  cert: "ORDERS_NATS_CERT",
  key: "ORDERS_NATS_KEY",
};

/** The files that the environment names. Empty counts as unset. */
export function credentialFiles(
  env: Readonly<Record<string, string | undefined>>,
): CredentialFiles {
  const variables = Object.entries(CREDENTIAL_VARIABLES);
  return Object.fromEntries(
    variables.map(([name, variable]) => [name, env[variable] || undefined]),
  );
}

/** How the store on a server is opened. */
export interface ServerStoreOptions extends StoreOptions {
  /** Files that prove who connects, and whom to trust; none unless given. */
  readonly credentialFiles?: CredentialFiles;
  /** Called when an order is stored where it will be discarded; a warning of the process unless given. */
  readonly onWarning?: (warning: OrdersError) => void;
}
