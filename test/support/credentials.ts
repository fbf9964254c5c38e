import { writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  createAccount,
  createOperator,
  createUser,
  encodeAccount,
  encodeOperator,
  encodeUser,
  fmtCreds,
} from "@nats-io/jwt";

/** A user whom a server knows by a signed token and a key. */
export interface Credentials {
  /** What a server's configuration says of it. */
  readonly settings: string;
  /** The file that the user logs in with. */
  readonly file: string;
  /** The same with that user revoked, and another user of the same account. */
  readonly rotated: { readonly settings: string; readonly file: string };
  /** What of the file must never be seen. */
  readonly secret: string;
}

/** Makes an operator, an account with JetStream and a user of it. */
export async function makeCredentials(directory: string): Promise<Credentials> {
  const [operator, account, system] = [createOperator(), createAccount(), createAccount()];
  const user = createUser();
  const client = { subs: -1, data: -1, payload: -1, conn: -1, imports: -1, exports: -1 };
  const limits = { ...client, mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
  const signed = { signer: operator };
  const settings = async (revocations: Record<string, number>) => `
    operator: "${await encodeOperator("operator", operator)}"
    resolver: MEMORY
    system_account: ${system.getPublicKey()}
    resolver_preload: {
      ${system.getPublicKey()}: "${await encodeAccount("system", system, {}, signed)}"
      ${account.getPublicKey()}: "${await encodeAccount("shop", account, { limits, revocations }, signed)}"
    }
  `;
  const write = async (name: string, key: typeof user) => {
    const file = join(directory, `${name}.creds`);
    writeFileSync(file, fmtCreds(await encodeUser(name, key, account), key));
    return file;
  };
  const later = Math.floor(Date.now() / 1000) + 3600;
  return {
    settings: await settings({}),
    file: await write("till", user),
    rotated: {
      settings: await settings({ [user.getPublicKey()]: later }),
      file: await write("till-2", createUser()),
    },
    secret: new TextDecoder().decode(user.getSeed()),
  };
}
