import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** What the standalone executable could do otherwise than the built program: what Bun does instead of Node. */
const STANDALONE = [
  ...["standalone", "executable", "encoding", "time-zone", "completion", "stdin", "closed-streams"],
  ...["default-store", "no-store", "modes", "faults", "strace", "import", "list-pager"],
  ...["signals", "watch", "watch-damage", "watch-terminal"],
  ...["hook", "hook-command", "hook-overlap", "hook-processes", "webhook"],
  ...["jetstream-signals", "jetstream-watch"],
].map((name) => `test/e2e/${name}.test.ts`);

export default defineConfig({
  test: {
    root: fileURLToPath(new URL("..", import.meta.url)),
    include: process.env.ORDERS_EXECUTABLE ? STANDALONE : ["test/**/*.test.ts"],
    // A zone that changes its clocks, so that local times are really tested as such.
    env: { TZ: "Europe/Berlin" },
    // The longest tests mostly wait, for elections and for what is killed.
    maxWorkers: availableParallelism() + 1,
    // To load the source anew for each file takes as long as most of the tests.
    isolate: false,
    // Only what hangs takes so long, however busy the machine is.
    testTimeout: 600_000 * Number(process.env.ORDERS_SOAK ?? 1),
    hookTimeout: 600_000,
  },
});
