import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { atTerminal } from "../support/at-terminal.js";
import { runCli } from "../support/run-cli.js";
import { temporaryDirectory } from "../support/temporary-directory.js";
import { until } from "../support/until.js";

let store: string;
beforeEach(() => {
  store = temporaryDirectory();
});
const place = async (item: string) =>
  (await runCli(["place-order", "-q", item], { store })).stdout.trimEnd();
const status = async () =>
  JSON.parse((await runCli(["subscriptions", "--json"], { store })).stdout)[0];

describe.runIf(process.platform === "linux")("at a real terminal", () => {
  it("orders watch shows each order above the heartbeat, and Ctrl-C ends it as shells expect", async () => {
    const terminal = atTerminal("watch", { store });
    await terminal.shows("0 orders today");
    const id = await place("100 inch TV");
    await terminal.shows("1 order today, last just now");
    terminal.type("\x03");
    const { exitCode, stdout } = await terminal.ended;
    expect(exitCode).toBe(130);
    expect(stdout).toMatch(
      new RegExp(
        `^watching \\S+\r\n(?:\r\\x1b\\[2K0 orders today)+\r\\x1b\\[2K\r\n\\d{4}-[^\n]*\r\n============\r\nNew Order:\r\n============\r\nID: ${id}\r\nItems: \\['100 inch TV'\\]\r\n\r\\x1b\\[2K1 order today`,
      ),
    );
    expect(stdout.endsWith("\r\x1b[2K")).toBe(true);
  });

  it("orders watch --exec shows each attempt above what is left, and the output of commands whole", async () => {
    const id = await place("魔法の絨毯 🧞");
    const command = "printf 'half a'; printf ' line' >&2; sleep 0.1; printf ' line'";
    const terminal = atTerminal(`watch --as sales --exec "${command}"`, { store });
    await terminal.shows("0 waiting, 0 in flight, 0 parked, 1/min  /");
    terminal.type("\x03");
    const { exitCode, stdout } = await terminal.ended;
    expect(exitCode).toBe(130);
    const parts = stdout.split("\r\x1b[2K");
    const above = parts.filter((text) => text.endsWith("\n")).join("");
    expect(above.replace(/\d\d:\d\d:\d\d/, "<time>")).toMatch(
      new RegExp(
        `^watching .*\r\nnew subscription .*\r\nhalf a line\r\n line\r\n<time> ✓ ${id.slice(0, 8)} 魔法の絨毯 🧞 +\\d+ m?s\r\n$`,
      ),
    );
    expect(parts.at(-1)).toBe("");
  });

  it("Ctrl-C reaches orders watch and not the command that it runs", async () => {
    await place("tv");
    const work = temporaryDirectory();
    const hook = `touch ${work}/begun; while test -d ${work} && ! test -e ${work}/go; do sleep 0.02; done; touch ${work}/done`;
    const terminal = atTerminal(`watch --as sales --exec '${hook}'`, { store });
    await until(() => existsSync(join(work, "begun")));
    terminal.type("\x03");
    await terminal.shows("waiting for the running command to finish; a second signal stops it");
    writeFileSync(join(work, "go"), "");
    expect((await terminal.ended).exitCode).toBe(130);
    expect(existsSync(join(work, "done"))).toBe(true);
    expect((await status()).waiting).toBe(0);
  });

  it.each([
    ["y\r", 0, 0],
    ["n\r", 2, 1],
    ["\x04", 2, 1],
    ["\x03", 130, 1],
  ])("a question is answered by typing %j", async (keys, exitCode, left) => {
    await runCli(["watch", "--as", "sales", "--until-caught-up"], { store });
    const terminal = atTerminal("subscriptions remove sales", { store });
    await terminal.shows("[y/N]");
    terminal.type(keys);
    expect((await terminal.ended).exitCode).toBe(exitCode);
    expect(JSON.parse((await runCli(["subscriptions", "--json"], { store })).stdout)).toHaveLength(
      left,
    );
  });
});
