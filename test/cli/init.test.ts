import { existsSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { jetstreamManager } from "@nats-io/jetstream";
import { describe, expect, it } from "vitest";
import { connectTo, describeWithServer, startServer } from "../support/nats-server.js";
import { canLink } from "../support/needs.js";
import { runCli } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

describe("orders init on a directory", () => {
  it("creates it, and says so only the first time", async () => {
    const store = join(temporaryDirectory(), "a/shop");
    expect(await runCli(["init"], { store })).toEqual({
      exitCode: 0,
      stdout: `created ${store}\n`,
      stderr: "",
    });
    expect(existsSync(store)).toBe(true);
    expect((await runCli(["init"], { store })).stdout).toBe(`${store} exists\n`);
  });

  it.runIf(canLink())("fails where a link leads nowhere, or a file is", async () => {
    const directory = temporaryDirectory();
    const [link, file] = [join(directory, "link"), join(directory, "file")];
    symlinkSync("gone", link, "dir");
    writeFileSync(file, "");
    for (const [store, problem] of [
      [link, "no such file or directory"],
      [file, "not a directory"],
    ] as const) {
      const { exitCode, stdout, stderr } = await runCli(["init"], { store });
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      expect(stderr).toContain(`: ${problem}: ${store}`);
    }
  });
});

describeWithServer("orders init on a server", () => {
  const promise = "1 replica on disk, no age limit, refuses when full";

  it("creates the streams, and finds them as they should be after that", async () => {
    const { url } = await startServer();
    expect(await runCli(["init"], { store: url })).toEqual({
      exitCode: 0,
      stdout: `created stream orders at ${url}: ${promise}\ncreated stream orders-parked at ${url}: ${promise}\n`,
      stderr: "",
    });
    const { stdout } = await runCli(["init", "--json"], { store: url });
    expect(JSON.parse(stdout)).toEqual({
      location: url,
      done: ["orders", "orders-parked"].map((name) => {
        const message = `stream ${name} exists at ${url}: ${promise}`;
        return { state: "exists", name, replicas: 1, message };
      }),
    });
  });

  it("leaves a stream that differs as it is until it is asked to change it", async () => {
    const server = await startServer();
    const { url } = server;
    const { streams } = await jetstreamManager(await connectTo(server), { checkAPI: false });
    const subjects = ["orders.order-created.*.*"];
    await streams.add({ name: "orders", subjects, max_age: 3600e9, allow_direct: true });
    expect(await runCli(["init"], { store: url })).toEqual({
      exitCode: 7,
      stdout: "",
      stderr: `orders: stream orders is configured differently: discard is old, not new, max_age is 3600s, not 0s, subjects is orders.order-created.*.*, not orders.order-created.*.* orders.order-closed.*.* orders.order-imported.*.* orders.closing-imported.*.*: ${url}\n  it was left as it is; orders init --alter changes it\n`,
    });
    expect((await streams.info("orders")).config).toMatchObject({ max_age: 3600e9 });
    const { notes } = JSON.parse((await runCli(["check", "--json"], { store: url })).stdout);
    const maxAge = { setting: "max_age", is: 3600e9, wanted: 0 };
    expect(notes).toContainEqual({
      kind: "configuration",
      location: "orders",
      ...maxAge,
      message: "warning: stream orders can lose orders: max_age is 3600s, not 0s",
    });
    const [orders] = JSON.parse(
      (await runCli(["init", "--alter", "--json"], { store: url })).stdout,
    ).done;
    expect(orders).toMatchObject({ state: "changed", changes: expect.arrayContaining([maxAge]) });
    expect(orders.message).toContain(
      `changed stream orders at ${url}: discard is old, not new, max_age`,
    );
    expect((await streams.info("orders")).config).toMatchObject({ max_age: 0, discard: "new" });
  });
});
