import { symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { JsonlOrderStore } from "../../src/store/jsonl/order-store.js";
import { canLink } from "../support/needs.js";
import { anOrder } from "../support/orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const LINKS = canLink();
const exists = (directory: string) => new JsonlOrderStore(directory).exists();

describe("whether there is a store in a directory", () => {
  it("is known: not before the first order, not even if its parents are missing", async () => {
    const directory = join(temporaryDirectory(), "a/b");
    expect(await exists(directory)).toBe(false);
    await new JsonlOrderStore(directory).save(anOrder());
    expect(await exists(directory)).toBe(true);
  });

  it("is not asked for in vain: reading creates nothing", async () => {
    const directory = join(temporaryDirectory(), "typo");
    const store = new JsonlOrderStore(directory);
    expect(await store.count()).toBe(0);
    expect(await store.check()).toMatchObject({ orders: 0 });
    expect(await exists(directory)).toBe(false);
  });

  it.runIf(LINKS).each(["", "below", "far/below"])(
    "cannot be known behind a link to nothing (%s)",
    async (path) => {
      const link = join(temporaryDirectory(), "disk");
      symlinkSync("not-mounted", link, "dir");
      await expect(exists(join(link, path))).rejects.toMatchObject({ code: "store-failed" });
    },
  );

  it.each(["below", "far/below"])("cannot be known below a file (%s)", async (path) => {
    const file = join(temporaryDirectory(), "file");
    writeFileSync(file, "");
    await expect(exists(join(file, path))).rejects.toMatchObject({ code: "store-failed" });
  });

  it.runIf(LINKS)("is known of a link to a directory", async () => {
    const [directory, link] = [temporaryDirectory(), join(temporaryDirectory(), "link")];
    symlinkSync(directory, link);
    expect(await exists(link)).toBe(true);
  });
});
