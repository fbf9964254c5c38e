import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { Order } from "../../src/domain/order.js";
import { encodeOrder } from "../../src/store/jsonl/lines/order-codec.js";
import fc from "../support/fast-check.js";
import { anyOrder, byTime } from "../support/orders.js";
import { runCli } from "../support/run-cli.js";
import { SOAK } from "../support/soak.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

/** The lines of a good file, some of them with a claim. */
const goodFile = fc
  .uniqueArray(fc.tuple(anyOrder, fc.boolean()), {
    minLength: 1,
    maxLength: 6,
    selector: ([{ id }]) => id,
  })
  .map((orders) => {
    let checkedTo = 0;
    return orders.map(([order, chosen], index) => {
      const claim = { checkedTo, token: `0000000${index}` };
      const line = Buffer.from(encodeOrder(order, chosen ? { claim } : {}));
      checkedTo += line.length;
      return { order, line };
    });
  });

/** What can happen to the bytes of a file, at a place that is a fraction of its length. */
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const few = fc.oneof(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 300 }));
const stuff = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
  fc
    .constantFrom(
      "\n",
      "\r\n",
      "\x18",
      "\0\0\0\0",
      "\x1b]0;",
      "\u202e",
      '{"id":"',
      '"}\n',
      "\n{}\n",
    )
    .map((text) => Buffer.from(text)),
);
const mishap = fc.oneof(
  fc.record({ kind: fc.constant("flip"), place, bit: fc.nat({ max: 7 }) }),
  fc.record({ kind: fc.constant("cut"), place, few }),
  fc.record({ kind: fc.constant("insert"), place, stuff }),
  fc.record({ kind: fc.constant("duplicate"), place, few, to: place }),
);
type Mishap = typeof mishap extends fc.Arbitrary<infer T> ? T : never;

describe("a file of orders to which anything happened", () => {
  it("loses no whole order and changes none, and takes the next", async () => {
    const store = temporaryDirectory();
    const mishaps = fc.array(mishap, { minLength: 1, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(goodFile, mishaps, async (lines, happened) => {
        const bytes = happened.reduce(after, Buffer.concat(lines.map(({ line }) => line)));
        fc.pre(!bytes.toString("latin1").split("\n").some(isWithoutChecksum));
        writeFileSync(join(store, "orders.jsonl"), bytes);
        const placed = lines.map(({ order }) => order);
        const whole = lines.filter(({ line }) => isLineOf(bytes, line)).map(({ order }) => order);

        const listed = await listOf(store);
        for (const order of listed) expect(placed).toContainEqual(order);
        for (const order of whole) {
          expect(listed).toContainEqual(order);
          expect(JSON.parse(await read(store, "show", order.id, "--json"))).toEqual(order);
        }
        expect(await listOf(store, "--limit", "1000")).toEqual(listed);
        expect(JSON.parse(await read(store, "check", "--json")).orders).toBe(listed.length);

        const next = await runCli(["place-order", "--json", "next"], { store });
        expect(next).toMatchObject({ exitCode: 0, stderr: "" });
        expect(await listOf(store)).toEqual(byTime([...listed, JSON.parse(next.stdout)]));
      }),
      { numRuns: 100 * SOAK },
    );
  });
});

function after(bytes: Buffer, what: Mishap): Buffer {
  const at = Math.floor(what.place * bytes.length);
  const [before, rest] = [bytes.subarray(0, at), bytes.subarray(at)];
  switch (what.kind) {
    case "flip": {
      const flipped = Buffer.from(bytes);
      if (flipped.length > 0) flipped.writeUInt8(flipped.readUInt8(at) ^ (1 << what.bit), at);
      return flipped;
    }
    case "cut":
      return Buffer.concat([before, rest.subarray(what.few)]);
    case "insert":
      return Buffer.concat([before, what.stuff, rest]);
    case "duplicate": {
      const to = Math.floor(what.to * bytes.length);
      return Buffer.concat([bytes.subarray(0, to), rest.subarray(0, what.few), bytes.subarray(to)]);
    }
  }
}

/**
 * Whether a line is an order without a checksum: one that was written by hand, as far as anybody can tell.
 * Mishaps write one if they end a fragment just where a field ended.
 */
function isWithoutChecksum(line: string): boolean {
  try {
    const { id, crc32 } = JSON.parse(line);
    return id !== undefined && crc32 === undefined;
  } catch {
    return false;
  }
}

/** Whether a line, its newline included, still stands on a line of its own. */
function isLineOf(bytes: Buffer, line: Buffer): boolean {
  return Buffer.concat([Buffer.from("\n"), bytes]).includes(
    Buffer.concat([Buffer.from("\n"), line]),
  );
}

/** What a verb prints; damage may be named, but nothing else may be said and nothing obeyed. */
async function read(store: string, ...argv: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await runCli(argv, { store });
  expect(damageOf(stderr, argv.includes("--json"))).toMatch(
    /^(?:orders\.jsonl:[1-9]\d*: [^\n\p{Cc}\p{Cf}]+\n)*$/u,
  );
  expect(exitCode).toBe(stderr === "" ? 0 : 6);
  return stdout;
}

/** The lines about damage, which --json wraps. */
function damageOf(stderr: string, isJson: boolean): string {
  if (!isJson) return stderr;
  return stderr.replace(/[^\n]+/g, (line) => JSON.parse(line).error.message);
}

async function listOf(store: string, ...options: string[]): Promise<Order[]> {
  return JSON.parse(await read(store, "list", "--json", ...options));
}
