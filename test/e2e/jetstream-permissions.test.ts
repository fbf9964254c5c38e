import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { describeWithServer, startServer } from "../support/nats-server.js";
import { runCli } from "../support/run-cli.js";
import { ROOT } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const PAGE = readFileSync(join(ROOT, "docs/more-than-one-machine.md"), "utf8");

/** What docs/more-than-one-machine.md says that one must be allowed to publish to. */
function permissionsTo(what: string): string[] {
  const [, also, cell = ""] =
    new RegExp(`^\\| ${what}\\b(?:.*takes to (\\w+))?[^|]* \\| (.*) \\|$`, "m").exec(PAGE) ?? [];
  const own = [...cell.matchAll(/`([^`]+)`/g)].map(([, subject = ""]) => subject);
  return also === undefined ? own : [...own, ...permissionsTo(also)];
}

const user = (name: string, publish: readonly string[]) => `{
  user: ${name}, password: pw,
  permissions: { publish: ${JSON.stringify(publish)}, subscribe: ["_INBOX.>"] }
}`;

describeWithServer("with the permissions that the documentation lists", () => {
  it("those who place, list and watch can do that, and no more", async () => {
    const server = await startServer(`authorization { users: [
      { user: admin, password: pw },
      ${user("till", permissionsTo("place"))}, ${user("office", permissionsTo("read"))},
      ${user("manager", permissionsTo("cancel"))}, ${user("sales", permissionsTo("watch"))}
    ] }`);
    const as = (name: string, ...argv: string[]) =>
      runCli(argv, { store: `${server.url.replace("//", `//${name}:pw@`)}` });
    expect(await as("till", "place", "tv")).toMatchObject({
      exitCode: 7,
      stderr: expect.stringMatching(
        /^orders: cannot store the order: Permissions Violation for Publish to "\$JS\.API\.STREAM\.CREATE\.orders": .*\n {2}have a user who is allowed to run orders init\n$/,
      ),
    });
    expect((await as("admin", "init")).exitCode).toBe(0);

    const id = "9f4b2b4e-5d0c-4f5c-9a55-0d5d6a3a0c11";
    for (let n = 0; n < 2; n++) {
      expect(await as("till", "place", "--id", id, "tv")).toMatchObject({ exitCode: 0 });
    }
    for (const argv of [["list"], ["list", "--limit", "1"], ["show", id], ["check"]]) {
      expect(await as("office", ...argv)).toMatchObject({
        exitCode: 0,
        stderr: expect.any(String),
      });
    }
    expect(await as("sales", "watch", "--as", "sales", "--until-caught-up", "-q")).toMatchObject({
      exitCode: 0,
      stdout: `${id}\n`,
    });
    expect(await as("manager", "cancel", id, "-q")).toMatchObject({ exitCode: 0, stderr: "" });
    expect(await as("office", "list", "--count")).toMatchObject({ exitCode: 0, stdout: "0\n" });
    expect((await as("office", "cancel", id)).exitCode).toBe(0); // it is cancelled already

    expect((await as("till", "list")).stderr).toContain(
      'Permissions Violation for Publish to "$JS.API.CONSUMER.CREATE.orders"',
    );
    const [tv] = [(await as("till", "place", "-q", "tv")).stdout.trimEnd()];
    expect((await as("office", "cancel", tv)).stderr).toContain(
      'Permissions Violation for Publish to "orders.order-closed.',
    );
    expect((await as("office", "place", "tv")).stderr).toContain(
      'Permissions Violation for Publish to "orders.order-created.',
    );
  });

  it("each verb can do all that it does", async () => {
    const roles = ["place", "cancel", "read", "import", "watch", "administer"];
    const users = roles.map((role) => user(role, permissionsTo(role)));
    const server = await startServer(`authorization { users: [ ${users.join(", ")} ] }`);
    const as = async (name: string, argv: readonly string[], stdin = "") => {
      const store = server.url.replace("//", `//${name}:pw@`);
      const { exitCode, stdout, stderr } = await runCli(argv, { store, stdin });
      expect({ argv, exitCode, stderr }).toEqual({ argv, exitCode: 0, stderr: expect.anything() });
      expect(stderr).not.toContain("Permissions Violation");
      return stdout.trim();
    };
    await as("administer", ["init"]);
    await as("administer", ["init", "--alter"]);
    const id = await as("place", ["place", "-q", "tv"]);
    const other = "9f4b2b4e-5d0c-4f5c-9a55-0d5d6a3a0c11";
    for (let n = 0; n < 2; n++) await as("place", ["place", "--id", other, "tv"]);
    await as("import", ["import", "-"], '[{"items":["a"]}]');
    const backup = join(temporaryDirectory(), "backup");
    for (const argv of [["list"], ["list", "--since", "1d"], ["list", "--count"], ["stats"]]) {
      await as("read", argv);
    }
    for (const argv of [
      ["show", id],
      ["show", id.slice(0, 8)],
      ["check"],
      ["copy", "--to", backup],
    ])
      await as("read", argv);

    const watch = ["watch", "--as", "sales", "--until-caught-up"];
    await as("watch", [...watch, "--exec", "exit 65"]);
    for (const argv of [["parked"], ["subscriptions"], ["parked", "retry", id]]) {
      await as("watch", argv);
    }
    await as("watch", [
      ...watch,
      "--exec",
      "exit 1",
      "--max-attempts",
      "2",
      "--retry-pause",
      "1ms",
    ]);
    await as("watch", ["parked", "drop", "--all", "--yes"]);
    expect(await as("watch", ["parked", "--json"])).toBe("[]");
    await as("watch", ["watch", "--from", "start", "--until-caught-up", "-q"]);
    await as("cancel", ["cancel", id]);
    await as("cancel", ["done", other]);
    await as("import", [
      "copy",
      "--from",
      backup,
      "--to",
      server.url.replace("//", "//import:pw@"),
    ]);
    await as("administer", ["subscriptions", "reset", "sales", "--from", "start", "--yes"]);
    await as("watch", [...watch, "-q"]);
    await as("administer", ["subscriptions", "remove", "sales", "--yes"]);
  });
});
