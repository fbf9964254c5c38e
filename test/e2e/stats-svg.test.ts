import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { OrderStatistics } from "../../src/cli/stats/order-statistics.js";
import { statsSvg } from "../../src/cli/stats/stats-svg.js";
import { statsView } from "../../src/cli/stats/stats-view.js";
import { type Drawn, drawn, HAS_BROWSER } from "../support/browser.js";
import { runOrders, runShell } from "../support/run-orders.js";
import { temporaryDirectory } from "../support/temporary-directory.js";

const NOW = new Date("2026-02-01T12:00:00.000Z");
const ITEMS = [
  "100 inch TV",
  '<b title="x">&amp;</b> ]]>',
  "\u202eevil\ttab\x1b\ufffe",
  "寿司 深夜 営業 食堂 定食 特上 弁当 大盛",
  "W".repeat(300),
  "🍣".repeat(40),
];

function picture(orders: number, daysAgo: readonly number[], items: readonly string[]): string {
  const statistics = new OrderStatistics();
  for (const days of daysAgo) {
    const placedAt = new Date(NOW.getTime() - days * 86_400_000).toISOString();
    for (let order = 0; order < orders; order++) statistics.add({ placedAt, items });
  }
  return statsSvg(statsView(statistics, { now: NOW, top: 10, limited: false }));
}

/** The pairs of texts of which one covers some of the other, and those beyond the edge. */
function crowded({ texts, width, height }: Drawn): string[] {
  const beyond = texts.filter(
    ({ left, right, top, bottom }) => left < 0 || top < 0 || right > width || bottom > height,
  );
  const covering = texts.flatMap((one, index) =>
    texts
      .slice(index + 1)
      .filter(
        (other) =>
          one.left < other.right &&
          other.left < one.right &&
          one.top < other.bottom &&
          other.top < one.bottom,
      )
      .map((other) => `${one.text} / ${other.text}`),
  );
  return [...beyond.map(({ text }) => text), ...covering];
}

/** {@link https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio} */
function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [one, other].map(luminance).sort((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map((digits) => {
    const share = Number(digits) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe.runIf(HAS_BROWSER)("the picture of orders stats, in a browser", () => {
  it("shows every text as it is", async () => {
    const store = temporaryDirectory();
    const file = join(store, "orders.svg");
    await runOrders(["place-order", "-q", "--", ...ITEMS], store);
    expect(await runOrders(["stats", "--svg", file], store)).toMatchObject({ exitCode: 0 });
    const { problem, texts } = await drawn(readFileSync(file, "utf8"));
    expect(problem).toBe("");
    expect(texts.map(({ text }) => text)).toEqual([
      "Orders",
      ...["1", "today", "1", "this week, from Monday", "1", "total"],
      "Most ordered items",
      "100 inch TV",
      '<b title="x">&amp;</b> ]]>',
      "\\u202eevil\\ttab\\x1b\\ufffe",
      "寿司 深夜 営業 食堂 定食 特上 …",
      `${"W".repeat(31)}…`,
      `${"🍣".repeat(15)}…`,
      ...Array(6).fill("1"),
      expect.stringMatching(/^Orders per day, (\d{4}-\d\d-\d\d) to \1$/),
      ...["1", "0", expect.stringMatching(/^\d\d-\d\d$/)],
    ]);
  });

  it.each([
    ["of one order", picture(1, [0], ["tv"])],
    ["of no orders", picture(0, [], [])],
    ["of a week", picture(3, [6, 3, 2], ITEMS)],
    ["of a month of many orders", picture(50_000, [29, 15, 2, 1], ITEMS)],
  ])("has room for its texts, %s", async (_, svg) => {
    const picture = await drawn(svg);
    expect(crowded(picture)).toEqual([]);
    for (const { text, left, right } of picture.texts)
      expect([text, right - left > 5]).toEqual([text, true]);
  });

  it("is light or dark as its reader prefers, and legible in both", async () => {
    const svg = picture(1, [0], ["tv"]);
    const [light, dark] = [(await drawn(svg, "light")).colors, (await drawn(svg, "dark")).colors];
    expect(luminance(light.paper)).toBeGreaterThan(0.9);
    expect(luminance(dark.paper)).toBeLessThan(0.1);
    for (const { text, bar, paper } of [light, dark]) {
      expect(contrast(text, paper)).toBeGreaterThan(7);
      expect(contrast(bar, paper)).toBeGreaterThan(3);
    }
  });
});

describe.runIf(process.platform === "linux")("a picture that cannot be written whole", () => {
  it("leaves the file as it was, and no other", async () => {
    const [store, directory] = [temporaryDirectory(), temporaryDirectory()];
    const file = join(directory, "orders.svg");
    writeFileSync(file, "old");
    await runOrders(["place-order", "-q", "tv"], store);
    const limited = await runShell(`ulimit -f 1; orders stats --svg ${file}`, store);
    expect(limited).toMatchObject({
      exitCode: 1,
      stdout: "",
      stderr: `orders: cannot write ${file}: file too large\n`,
    });
    expect(readFileSync(file, "utf8")).toBe("old");
    expect(readdirSync(directory)).toEqual(["orders.svg"]);
  });
});
