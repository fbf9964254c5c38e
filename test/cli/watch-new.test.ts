import { beforeEach, describe, expect, it } from "vitest";
import { runCli, type World } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

let store: string;
beforeEach(() => {
  store = temporaryDirectory();
});

async function place(count: number): Promise<string[]> {
  const ids: string[] = [];
  for (let each = 0; each < count; each++) {
    ids.push((await runCli(["place-order", "-q", "tv"], { store })).stdout.trimEnd());
  }
  return ids;
}

/** Handles what waits with a command that does nothing. */
const handle = (flags: readonly string[], world: World = {}) =>
  runCli(["watch", "--as", "salse", "--until-caught-up", "--exec", "exit 0", ...flags], {
    store,
    ...world,
  });

async function names(): Promise<string[]> {
  const { stdout } = await runCli(["subscriptions", "--json"], { store });
  return JSON.parse(stdout).map(({ name }: { name: string }) => name);
}

const BEGINS = (events: string) => `new subscription 'salse', ${events} waiting`;
const SKIP = "; --from now skips them";
const TERMINAL = { terminal: ["stdin", "stderr"] } as const;

describe("a new subscription", () => {
  it("tells a script how many events it starts with, once", async () => {
    await place(11);
    expect((await handle([])).stderr).toBe(`${BEGINS("11 events")}${SKIP}\n`);
    expect((await handle([])).stderr).toBe("");
  });

  it("tells of a single one, too, before it watches on", async () => {
    await place(1);
    const { stderr } = await runCli(["watch", "--as", "salse", "--exec", "exit 0"], {
      store,
      whenWritten: ({ stderr }, stop) => {
        if (stderr.includes("new subscription")) stop("SIGTERM");
      },
    });
    expect(stderr).toContain(`${BEGINS("1 event")}; --from now skips it\n`);
  });

  it("counts from where it begins", async () => {
    const ids = await place(12);
    expect((await handle(["--from", "now"])).stderr).toBe("");
    await runCli(["subscriptions", "remove", "salse", "--yes"], { store });
    expect((await handle(["--from", ids[1] ?? ""])).stderr).toBe(`${BEGINS("11 events")}\n`);
    await runCli(["subscriptions", "remove", "salse", "--yes"], { store });
    expect((await handle(["--from", "1h"])).stderr).toBe(`${BEGINS("12 events")}\n`);
  });

  it("says nothing to cron if there is little or nothing to do", async () => {
    expect(await handle([])).toMatchObject({ stdout: "", stderr: "" });
    await runCli(["subscriptions", "remove", "salse", "--yes"], { store });
    await place(1);
    expect(await handle([])).toMatchObject({ stdout: "", stderr: "" });
  });

  it("says it of many that are only printed, too", async () => {
    await place(11);
    const argv = ["watch", "--as", "salse", "--until-caught-up", "-q"];
    expect((await runCli(argv, { store })).stderr).toBe(`${BEGINS("11 events")}${SKIP}\n`);
  });

  it.each([
    ["n", 2, []],
    ["", 2, []],
    ["y", 0, ["salse"]],
  ])("asks on a terminal before a command is run for many: %j", async (answer, exitCode, known) => {
    await place(11);
    const outcome = await handle([], { ...TERMINAL, stdin: `${answer}\n` });
    expect(outcome.exitCode).toBe(exitCode);
    expect(outcome.stderr).toContain(BEGINS("11 events"));
    expect(outcome.stderr).toContain("Run the command for each of them? [y/N] ");
    expect(await names()).toEqual(known);
  });

  it.each([
    ["--yes", 11, ["--yes"], {}],
    ["--from", 11, ["--from", "start"], {}],
    ["a handful", 10, [], {}],
    ["no terminal to answer on", 11, [], { terminal: ["stderr"] as const }],
  ])("does not ask with %s", async (_, count, flags, world) => {
    await place(count);
    const { exitCode, stderr } = await handle(flags, { ...TERMINAL, ...world });
    expect(exitCode).toBe(0);
    if (count > 10) expect(stderr).toContain(BEGINS(`${count} events`));
    expect(stderr).not.toContain("[y/N]");
  });
});
