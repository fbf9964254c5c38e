import { expect, it } from "vitest";
import { describeWithServer, startServer } from "../support/nats-server.js";
import { runCli } from "../support/run-cli.js";

/** As docs/more-than-one-machine.md lists them. */
const PLACING = [
  "orders.order-created.*.*",
  "$JS.API.STREAM.INFO.orders",
  "$JS.API.STREAM.MSG.GET.orders",
];
const CANCELLING = [
  "orders.order-closed.*.*",
  "$JS.API.STREAM.INFO.orders",
  "$JS.API.STREAM.MSG.GET.orders",
];
const LISTING = [
  "$JS.API.STREAM.INFO.orders",
  "$JS.API.STREAM.MSG.GET.orders",
  "$JS.API.CONSUMER.CREATE.orders",
  "$JS.API.CONSUMER.MSG.NEXT.orders.*",
];
const WATCHING = [
  ...LISTING,
  "$JS.API.STREAM.INFO.orders-parked",
  "$JS.API.STREAM.MSG.GET.orders-parked",
  "$JS.API.STREAM.PURGE.orders-parked",
  "$JS.API.CONSUMER.>",
  "$JS.ACK.>",
  "orders.parked.*.*",
  "orders.attempts.*.*",
];

const user = (name: string, publish: readonly string[]) => `{
  user: ${name}, password: pw,
  permissions: { publish: ${JSON.stringify(publish)}, subscribe: ["_INBOX.>"] }
}`;

describeWithServer("with the permissions that the documentation lists", () => {
  it("those who place, list and watch can do that, and no more", async () => {
    const server = await startServer(`authorization { users: [
      { user: admin, password: pw },
      ${user("till", PLACING)}, ${user("office", LISTING)}, ${user("manager", CANCELLING)}, ${user("sales", WATCHING)}
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
});
