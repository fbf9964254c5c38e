import { escapeUnsafe } from "../../domain/printable.js";
import { storeSetting } from "../../settings.js";
import { credentialFiles } from "../../store/jetstream/server/credential-files.js";
import { openStore } from "../../store/open-store.js";
import type { OrderStore } from "../../store/order-store.js";
import type { Io } from "../io.js";
import { cut } from "../render/width.js";
import { type Candidates, candidatesFor } from "./candidates.js";
import { splitLine } from "./split-line.js";

/**
 * What the scripts of `orders completion` call: prints what the last word of the line in `ORDERS_LINE` can
 * become, a line each, value and description separated by a tab; or `:directories` or `:files` where a
 * path is wanted. In the environment the line reaches even a batch file of Windows unevaluated. Whatever goes
 * wrong, nothing else is printed: a person is in the middle of a line.
 */
export async function complete(io: Io): Promise<void> {
  let deadline: NodeJS.Timeout | undefined;
  const opened: OrderStore[] = [];
  try {
    const words = splitLine(io.env.ORDERS_LINE ?? "");
    const candidates = await candidatesFor(words, async (location) => {
      deadline ??= setTimeout(() => process.exit(), DEADLINE_MS);
      const store = await storeOf(location, io);
      if (store === undefined) return undefined;
      opened.push(store);
      return (await store.exists()) ? store : undefined;
    });
    io.stdout.write(asLines(candidates));
  } catch {
    // No candidates, then.
  } finally {
    await Promise.allSettled(opened.map((store) => store.close()));
    clearTimeout(deadline);
  }
}

/** From when the store is asked: a server that has not answered by then may be far away, or gone. */
const DEADLINE_MS = 3000;
const DESCRIPTION_COLUMNS = 60;
/** More than fits: an item can be megabytes long. */
const DESCRIPTION_CHARACTERS = 1000;

/** The store that a line means, unless only a shell can tell which. */
async function storeOf(flag: string | undefined, io: Io): Promise<OrderStore | undefined> {
  if (flag !== undefined && /[$`]/.test(flag)) return undefined;
  return openStore(storeSetting(flag, io).value, { credentialFiles: credentialFiles(io.env) });
}

function asLines(candidates: Candidates): string {
  if (typeof candidates === "string") return `:${candidates}\n`;
  const lines = candidates.map(({ value, description = "" }) => {
    const shown = escapeUnsafe(description.slice(0, DESCRIPTION_CHARACTERS));
    return `${value}\t${cut(shown, DESCRIPTION_COLUMNS)}\n`;
  });
  return lines.join("");
}
