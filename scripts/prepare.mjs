/*
 * Builds after `npm ci` in a checkout. Where the development dependencies were left out
 * (NODE_ENV=production, --omit=dev) nothing can be built. That is printed, and is no failure of the
 * installation, for whoever left them out may bring a build of their own.
 */
import { spawnSync } from "node:child_process";

const TOOLS = ["typescript", "rolldown"];

if (TOOLS.every(isInstalled)) {
  const { status } = spawnSync("npm run build --silent", { shell: true, stdio: "inherit" });
  process.exitCode = status ?? 1;
} else {
  console.error(
    "orders: not built, for the development dependencies are not installed: npm ci --include=dev",
  );
}

function isInstalled(name) {
  try {
    import.meta.resolve(name);
    return true;
  } catch {
    return false;
  }
}
