import { describe, expect, it } from "vitest";
import { windowsCommandProblem } from "../../src/cli/shell/windows-command-problem.js";

const FILES = ["C:\\Windows\\System32\\more.COM", "C:\\Program Files\\Bell\\ring.exe", "ring.cmd"];
const ENV = {
  Path: 'C:\\Windows\\System32;"C:\\Program Files\\Bell"',
  PATHEXT: ".COM;.EXE;.BAT;.CMD",
};

/** As a file system does that knows no case. */
const isFile = (path: string) => FILES.some((file) => file.toLowerCase() === path.toLowerCase());
const problem = (line: string) => windowsCommandProblem(line, ENV, isFile);

describe("a command for cmd.exe", () => {
  it.each([
    ["nosuch", "nosuch: not found"],
    ["nosuch.exe --loud", "nosuch.exe: not found"],
    ["  nosuch > log.txt 2>&1", undefined],
    ['"C:\\Program Files\\no such.exe" tv', "C:\\Program Files\\no such.exe: not found"],
    ["C:\\nosuch", "C:\\nosuch: not found"],
    [".\\nosuch.cmd", ".\\nosuch.cmd: not found"],
    ["./ring.cmd", "./ring.cmd: not found; write it with \\"],
    ["../ring.cmd tv", "../ring.cmd: not found; write it with \\"],
  ])("%s: %s", (line, expected) => {
    expect(problem(line)).toBe(expected);
  });

  it.each([
    "more",
    "MORE +1",
    "ring --loud",
    "ring.exe",
    ".\\ring.cmd",
    '"C:\\Program Files\\Bell\\ring.exe" tv',
    "echo told",
    "echo.",
    "cd..",
    "exit 1",
    "if exist x exit 1",
  ])("that is there is no problem: %s", (line) => {
    expect(problem(line)).toBeUndefined();
  });

  it.each([
    "nosuch & exit 0",
    "nosuch || echo",
    "(nosuch)",
    "%BELL% tv",
    '"%BELL%\\ring"',
    "bin/nosuch",
    "",
    '"nosuch',
  ])("of which only cmd.exe knows what it is, is none: %s", (line) => {
    expect(problem(line)).toBeUndefined();
  });
});
