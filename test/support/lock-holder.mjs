/**
 * Tries to acquire a lock, says whether it did, and holds it until its stdin ends.
 *
 * Usage: node lock-holder.mjs <directory> <name> [<user id>]
 */
import { join } from "node:path";
import { acquireLock } from "../../dist/store/jsonl/files/acquire-lock.js";

const [directory = "", name, user] = process.argv.slice(2);
if (user !== undefined) process.setuid?.(Number(user));
const lock = await acquireLock(join(directory, `${name}.lock`)).catch((error) => {
  process.stdout.write(`${error.code}\n`);
  process.exit();
});
process.stdout.write(typeof lock === "string" ? "busy\n" : "held\n");
for await (const _ of process.stdin);
if (typeof lock === "function") await lock();
