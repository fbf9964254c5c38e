import { readFileSync } from "node:fs";
import { beforeEach, describe, expect, it } from "vitest";
import { width } from "../../src/cli/render/width.js";
import { openStore } from "../../src/store/open-store.js";
import { ON_WINDOWS } from "../support/needs.js";
import { anOrder } from "../support/orders.js";
import { runCli, type World } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const tv = anOrder({ items: ["100 inch TV"], for: "Ada" });
const carpet = anOrder({ items: ["魔法の絨毯 🧞‍♂️", "x".repeat(200)] });
const chair = anOrder({ items: ["chair"] });
const short = ({ id }: { id: string }) => id.slice(0, 8);
/** The first fails at first, the last is no use. */
const COMMAND = `case $ORDERS_ID-$ORDERS_ATTEMPT in
${tv.id}-1) echo 'out of paper' >&2; exit 3 ;;
${chair.id}-*) exit 65 ;;
esac; test -z "$BELL" || printf 'rang'`;
const WATCH = ["watch", "--as", "sales", "--until-caught-up", "--retry-pause", "1ms"];
const BOTH = ["stdout", "stderr"] as const;
const CLEAR = "\r\x1b[2K";
/** What was written above the line at the bottom, and what that line said. */
const above = (stderr: string) => stderr.split(CLEAR).filter((text) => text.endsWith("\n"));
const bottom = (stderr: string) => stderr.split(CLEAR).filter((text) => !text.endsWith("\n"));

let store: string;
beforeEach(async () => {
  store = temporaryDirectory();
  const opened = await openStore(store);
  for (const order of [tv, carpet, chair]) await opened.save(order);
});
const watch = (argv: string[], world: World = {}) =>
  runCli([...WATCH, "--exec", COMMAND, ...argv], {
    store,
    terminal: BOTH,
    env: { NO_COLOR: "1" },
    ...world,
  });
const time = /\d\d:\d\d(:\d\d)?(?= [✓✗▪])/g;
const duration = /(\b)[\d.]+ m?s\b/g;

describe.skipIf(ON_WINDOWS)("orders watch --exec on a terminal", () => {
  it.each([
    [
      40,
      [
        `<time> ✗ ${short(tv)} 100 inch …  exit 3; ne…`,
        `<time> ✓ ${short(tv)} 100 inch T…  <time>`,
      ],
    ],
    [
      200,
      [
        `<time> ✗ ${short(tv)} 100 inch TV for Ada                       exit 3; next attempt in <time> (<time>)`,
        `<time> ✓ ${short(tv)} 100 inch TV for Ada                       <time>`,
      ],
    ],
  ])("shows each attempt in a line of %i columns", async (columns, expected) => {
    const { stderr } = await watch([], { columns });
    const lines = above(stderr).join("").split("\n");
    for (const line of lines) {
      if (/[✓✗▪]/.test(line)) expect(width(line), line).toBeLessThanOrEqual(columns);
    }
    expect(lines).toContainEqual(expect.stringContaining(`▪ ${short(chair)} chair`));
    expect(lines).toContainEqual(expect.stringContaining(`✓ ${short(carpet)} 魔法の`));
    const ofTv = lines.filter((line) => line.includes(short(tv)));
    const shown = ofTv.map((line) => line.replace(time, "<time>").replace(duration, "<time>"));
    if (columns > 40) expect(shown).toEqual(expected);
    else expect(shown).toHaveLength(2);
  });

  it("shows what is left in a line at the bottom, which is gone at the end", async () => {
    const { stdout, stderr } = await watch([], { env: { NO_COLOR: "1", BELL: "1" } });
    expect(stdout).toBe("rang\nrang\n");
    expect(above(stderr)).toContain("out of paper\n");
    const said = bottom(stderr).filter((text) => text !== "");
    expect(said[0]).toBe(`? waiting, 0 in flight, ? parked, 0/min  ${store}`);
    expect(said.at(-1)).toMatch(/^(\?|\d) waiting, 0 in flight, (\?|\d) parked, 3\/min {2}\//);
    expect(bottom(stderr).at(-1)).toBe("");
  });

  it("colours what failed and what is parked, and nothing with NO_COLOR", async () => {
    expect((await watch([])).stderr.replaceAll(CLEAR, "")).not.toContain("\x1b");
    const { stderr } = await watch(["--as", "other"], { env: {} });
    expect(stderr).toContain(`\x1b[35m✗\x1b[39m ${short(tv)}`);
    expect(stderr).toContain(`\x1b[31m▪\x1b[39m`);
  });

  it("has nothing of it in a pipe, where a line of the command stays as it is", async () => {
    const { stderr } = await watch([], { terminal: ["stdout"] });
    expect(stderr.replace(duration, "<time>")).toBe(
      [
        "out of paper\n",
        `order ${tv.id}: exit 3; next attempt in <time>\n`,
        `order ${chair.id}: exit 65; parked after 1 attempt; see orders parked --as sales\n`,
      ].join(""),
    );
  });
});

describe.skipIf(ON_WINDOWS)("orders watch --log json", () => {
  it("prints what happens as the lines of JSON that docs/json.md describes, also on a terminal", async () => {
    const argv = ["--log", "json", "--event", "order-created"];
    await runCli(["cancel", carpet.id], { store });
    const { stderr } = await watch(argv);
    const lines = stderr
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    const about = (order: typeof tv, attempt = 1) => ({
      topic: "order-created",
      id: order.id,
      attempt,
    });
    const at = { time: expect.any(String) };
    const durationMs = expect.any(Number);
    expect(lines).toEqual([
      { ...at, event: "started", store, subscription: "sales", resumed: false },
      { ...at, event: "delivered", ...about(tv) },
      { ...at, event: "output", ...about(tv), text: "out of paper" },
      {
        ...at,
        event: "failed",
        ...about(tv),
        reason: "exit 3: out of paper",
        retryInMs: 1,
        durationMs,
      },
      { ...at, event: "delivered", ...about(tv, 2) },
      { ...at, event: "acknowledged", ...about(tv, 2), durationMs },
      { ...at, event: "delivered", ...about(carpet) },
      { ...at, event: "acknowledged", ...about(carpet), durationMs },
      { ...at, event: "delivered", ...about(chair) },
      { ...at, event: "parked", ...about(chair), reason: "exit 65", attempts: 1, durationMs },
      { ...at, event: "skipped", ...about(carpet), topic: "order-cancelled" },
      { ...at, event: "stopped" },
    ]);
    const page = readFileSync("docs/json.md", "utf8").split("## The log of watch")[1] ?? "";
    for (const line of lines) {
      expect(page).toContain(`\n| \`${line.event}\``);
      for (const field of Object.keys(line)) expect(page).toContain(`\`${field}\``);
    }
  });

  it("ends with an error as JSON", async () => {
    const { exitCode, stderr } = await runCli([...WATCH, "--exec", "exit 100", "--log=json"], {
      store,
    });
    expect(exitCode).toBe(1);
    const last = stderr
      .trimEnd()
      .split("\n")
      .slice(-2)
      .map((line) => JSON.parse(line));
    expect(last).toMatchObject([{ event: "stopped" }, { error: { code: "hook-failed" } }]);
  });
});
