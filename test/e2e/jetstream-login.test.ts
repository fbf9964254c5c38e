import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createUser } from "@nats-io/jwt";
import { expect, it } from "vitest";
import { makeCertificates } from "../support/certificates.js";
import { describeWithServer, startServer } from "../support/nats-server.js";
import { runCli } from "../support/run-cli.js";
import { environment, runOrders, SHELL_COMMAND } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const place = (store: string, env = {}) => runCli(["place", "-q", "tv"], { store, env });

/** A file with this login. */
function loginFile(login: string): string {
  const file = join(temporaryDirectory(), "login");
  writeFileSync(file, `${login}\n`);
  return file;
}

describeWithServer("a login", () => {
  it("is the seed of an nkey, or a user and a password, in the file of ORDERS_NATS_CREDS", async () => {
    const [own, other] = [createUser(), createUser()];
    const { url } = await startServer(
      `authorization { users: [{ nkey: ${own.getPublicKey()} }, { user: ada, password: "s:cr@t" }] }`,
    );
    const seedOf = (key: typeof own) => new TextDecoder().decode(key.getSeed());
    const outcomes = [];
    for (const login of [seedOf(own), "ada:s:cr@t", seedOf(other), "ada:wrong", ""]) {
      outcomes.push(await place(url, { ORDERS_NATS_CREDS: login && loginFile(login) }));
    }
    expect(outcomes.map(({ exitCode }) => exitCode)).toEqual([0, 0, 7, 7, 7]);
    expect(JSON.stringify(outcomes)).not.toMatch(/SU[A-Z2-7]{20}|s:cr@t|wrong/);
  });

  it("in a location does not reach the command of a watcher; that of a file it can use", async () => {
    const { url } = await startServer("authorization { user: ada, password: hidden }");
    const store = url.replace("//", "//ada:hidden@");
    const id = (await place(store)).stdout.trim();
    const directory = temporaryDirectory();
    const handle = (at: string, env = {}) => {
      const command = `env > ${directory}/env; ${SHELL_COMMAND} show "$ORDERS_ID" > ${directory}/shown 2>&1`;
      const watch = ["watch", "--as", "sales", "--until-caught-up", "--max-attempts", "1"];
      return runOrders([...watch, "--exec", command], at, { env: { ...environment(at), ...env } });
    };
    const told = (name: string) => readFileSync(join(directory, name), "utf8");
    await handle(store);
    expect(told("env")).toContain(`\nORDERS_STORE=${url}\n`);
    expect(told("env")).not.toContain("hidden");
    expect(told("shown")).toContain("authorization failed");

    const next = (await place(store)).stdout.trim();
    expect(next).not.toBe(id);
    await handle(url, { ORDERS_NATS_CREDS: loginFile("ada:hidden") });
    expect(told("env")).not.toContain("hidden");
    expect(told("shown")).toContain(next);
  });
});

describeWithServer("a certificate", () => {
  it("is good for each server of the location, by name or by address", async () => {
    const settings = (names: string) => {
      const { ca, cert, key } = makeCertificates(temporaryDirectory(), names);
      return { ca, tls: `tls { cert_file: "${cert}", key_file: "${key}" }` };
    };
    const names = ["DNS:localhost", "IP:127.0.0.1"];
    for (const name of names) {
      const { ca, tls } = settings(name);
      const port = (await startServer(tls)).address.split(":")[1];
      const [byName, byAddress] = [`localhost:${port}`, `127.0.0.1:${port}`];
      const outcomes = [];
      for (const servers of [byName, byAddress, `${byName},${byAddress}`]) {
        outcomes.push((await place(`tls://${servers}`, { ORDERS_NATS_CA: ca })).exitCode);
      }
      const isNamed = name === "DNS:localhost";
      expect(outcomes).toEqual(isNamed ? [0, 7, 0] : [7, 0, 0]);
    }
  });
});
