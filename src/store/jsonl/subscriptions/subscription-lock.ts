import { readdirSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Damage } from "../../order-store.js";
import { subscriptionBusy } from "../../subscription/feed-errors.js";
import { storeFailure } from "../errors.js";
import { acquireLock } from "../files/acquire-lock.js";
import { createDirectory, createWithin } from "../files/directory.js";
import { readOrReport } from "../files/document-file.js";
import { SubscriptionFile } from "./subscription-file.js";

/**
 * Locks a subscription, and removes what a crash left of its documents; returns what releases it.
 *
 * @throws {OrdersError} `subscription-busy`
 */
export async function lockSubscription(
  directory: string,
  name: string,
  onDamage: (damage: Damage) => void,
): Promise<() => Promise<void>> {
  try {
    createDirectory(dirname(directory));
    createWithin(directory);
    const release = await acquireLock(directory, name);
    if (release !== undefined) {
      for (const each of readdirSync(directory)) {
        if (isTemporary(each, name)) rmSync(join(directory, each), { force: true });
      }
      return release;
    }
  } catch (error) {
    throw storeFailure(`lock the subscription '${name}'`, directory, error);
  }
  const pid = readOrReport(() => new SubscriptionFile(directory, name).read(), onDamage)?.holder
    ?.pid;
  throw subscriptionBusy(name, pid === undefined ? undefined : `process ${pid}`);
}

function isTemporary(file: string, name: string): boolean {
  return file.startsWith(`${name}.json.`) && /^[\d-]+\.tmp$/.test(file.slice(name.length + 6));
}
