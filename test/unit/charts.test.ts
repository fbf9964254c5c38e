import { describe, expect, it } from "vitest";
import { PLAIN } from "../../src/cli/render/style.js";
import { width } from "../../src/cli/render/width.js";
import { OrderStatistics } from "../../src/cli/stats/order-statistics.js";
import { statsText } from "../../src/cli/stats/stats-text.js";
import { statsView } from "../../src/cli/stats/stats-view.js";
import fc from "../support/fast-check.js";
import { anyItem } from "../support/orders.js";

const NOW = new Date("2026-02-01T12:00:00.000Z");

/** How often one order is placed, how many days ago, and for which item. */
const anyPlaced = fc.tuple(
  fc.oneof(fc.nat(3), fc.nat(20_000)),
  fc.nat(40),
  fc.oneof(anyItem, fc.constantFrom("寿司", "👨‍👩‍👧", "𝒳", "e\u0301", "ﷺ", "x".repeat(300), "🇩🇪")),
);

describe("charts", () => {
  it("are never wider than the terminal, and every bar can be seen", () => {
    fc.assert(
      fc.property(
        fc.array(anyPlaced, { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 20, max: 200 }),
        (placed, columns) => {
          const statistics = new OrderStatistics();
          for (const [times, daysAgo, item] of placed) {
            const placedAt = new Date(NOW.getTime() - daysAgo * 86_400_000).toISOString();
            for (let time = 0; time <= times; time++) statistics.add({ placedAt, items: [item] });
          }
          const view = statsView(statistics, { now: NOW, top: 10, limited: false });
          const lines = statsText(view, columns, PLAIN).split("\n");
          for (const line of lines) expect(width(line)).toBeLessThanOrEqual(columns);
          const items = lines.slice(9, 9 + view.items.length);
          for (const line of items) expect(line).toMatch(/ \d+ █*[▏▎▍▌▋▊▉█]$/);
          expect(Math.max(...items.map(width))).toBe(columns);
        },
      ),
    );
  });

  it("draw a small share as the smallest block, and none as nothing", () => {
    const statistics = new OrderStatistics();
    for (let time = 0; time < 1000; time++)
      statistics.add({ placedAt: "2026-01-30T12:00:00.000Z", items: ["tv"] });
    statistics.add({ placedAt: "2026-02-01T11:00:00.000Z", items: ["lamp"] });
    const view = statsView(statistics, { now: NOW, top: 10, limited: false });
    const lines = statsText(view, 40, PLAIN).split("\n");
    expect(lines).toContain("lamp    1 ▏");
    expect(lines).toContain("     │█████       ▁▁▁▁▁");
  });
});
