import { describe, expect, it } from "vitest";
import { runCli } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const IDS = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
const TRACEPARENT = `00-${IDS}`;
const ID = "403d33e9-39e5-44bc-8f5e-eab0c6f897ff";

const place = (traceparent: string, store = temporaryDirectory(), ...args: string[]) =>
  runCli(["place-order", "--json", "--trace", ...args, "tv"], {
    store,
    env: { TRACEPARENT: traceparent },
  });

describe("TRACEPARENT", () => {
  it("is kept with the order, and printed by --trace", async () => {
    const store = temporaryDirectory();
    const placed = await place(TRACEPARENT, store);
    expect(placed.stderr).toMatch(
      new RegExp(
        `^┌ place-order #\\d+  traceparent ${TRACEPARENT}\\n│ ┌ order-created #\\d+  caused`,
      ),
    );
    const listed = await runCli(["list", "--json"], { store });
    expect(JSON.parse(listed.stdout)).toMatchObject([{ traceparent: TRACEPARENT }]);
    await runCli(["cancel", JSON.parse(placed.stdout).id], { store });
    const watched = await runCli(["watch", "--from", "start", "--until-caught-up", "--json"], {
      store,
    });
    const events = watched.stdout.trimEnd().split("\n");
    expect(events.map((event) => JSON.parse(event).traceparent)).toEqual([
      TRACEPARENT,
      TRACEPARENT,
    ]);
    expect((await runCli(["check"], { store })).exitCode).toBe(0);
  });

  it.each([
    ["empty", ""],
    ["of upper case", TRACEPARENT.toUpperCase()],
    ["without a trace", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"],
    ["without a parent", "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01"],
    ["longer than its version", `${TRACEPARENT}-more`],
    ["of the version that is none", `ff-${IDS}`],
    ["of two lines", `${TRACEPARENT}\n`],
  ])("is ignored if it is %s", async (_, traceparent) => {
    const { exitCode, stdout, stderr } = await place(traceparent);
    expect(exitCode).toBe(0);
    expect(Object.keys(JSON.parse(stdout))).toEqual(["id", "placedAt", "items"]);
    expect(stderr).not.toContain("traceparent");
  });

  it("of a later version is read as far as it is known", async () => {
    const { stdout } = await place(`cc-${IDS}-what-else`);
    expect(JSON.parse(stdout)).toMatchObject({ traceparent: TRACEPARENT });
  });

  it("makes no other order of one that is placed or imported again", async () => {
    const store = temporaryDirectory();
    await place(TRACEPARENT, store, "--id", ID);
    const again = await place("", store, "--id", ID);
    expect(JSON.parse(again.stdout)).toMatchObject({ traceparent: TRACEPARENT, replayed: true });
    for (const format of ["ndjson", "csv"]) {
      const { stdout } = await runCli(["list", "--format", format], { store });
      for (const target of [store, temporaryDirectory()]) {
        const { exitCode } = await runCli(["import", "--format", format, "-"], {
          store: target,
          stdin: stdout,
        });
        expect(exitCode).toBe(0);
      }
    }
  });
});
