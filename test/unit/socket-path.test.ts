import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { withSocketPath } from "../../src/store/jsonl/files/socket-path.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const onWindows = process.platform === "win32"; // which has no sockets among its files
const links = () => readdirSync(tmpdir()).filter((name) => /^orders-\w{6}$/.test(name));

// Where there is /proc, a path leads through that; macOS is not at hand, but what it does can be tried.
describe.skipIf(onWindows)("a socket below a path that is too long for one", () => {
  const systems = process.platform === "linux" ? (["linux", "darwin"] as const) : [undefined];

  it.each(systems)("listens and answers there (%s)", async (system) => {
    const directory = join(temporaryDirectory(), "deep".repeat(30), "deeper".repeat(20));
    mkdirSync(directory, { recursive: true });
    const before = links();
    const server = createServer((socket) => socket.end());
    const listen = (path: string) =>
      new Promise<void>((resolve, reject) => {
        server.once("error", reject).listen(path, resolve);
      });
    await withSocketPath(directory, "own", listen, system);
    expect(readdirSync(directory)).toEqual(["own"]);
    const answers = (path: string) =>
      new Promise<boolean>((resolve) => {
        const socket = connect(path, () => resolve(true)).once("error", () => resolve(false));
        socket.unref();
      });
    expect(await withSocketPath(directory, "own", answers, system)).toBe(true);
    expect(links()).toEqual(before);
    await new Promise((closed) => server.close(closed));
    expect(await withSocketPath(directory, "own", answers, system)).toBe(false);
  });

  it("leaves nothing behind if that fails", async () => {
    const directory = join(temporaryDirectory(), "deep".repeat(30));
    const before = links();
    const failing = withSocketPath(
      directory,
      "own",
      () => Promise.reject(new Error("in use")),
      "darwin",
    );
    await expect(failing).rejects.toThrow("in use");
    expect(links()).toEqual(before);
    expect(existsSync(directory)).toBe(false);
  });
});
