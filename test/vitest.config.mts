import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { SOAK } from "./support/soak.js";

export default defineConfig({
  test: {
    root: fileURLToPath(new URL("..", import.meta.url)),
    include: ["test/**/*.test.ts"],
    // A zone that changes its clocks, so that local times are really tested as such.
    env: { TZ: "Europe/Berlin" },
    // The longest tests mostly wait, for elections and for what is killed.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    // Only what hangs takes so long, however busy the machine is.
    testTimeout: 300_000 * SOAK,
    hookTimeout: 300_000,
  },
});
