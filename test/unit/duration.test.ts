import { describe, expect, it } from "vitest";
import { shownDuration } from "../../src/cli/render/duration.js";

describe("shownDuration", () => {
  it.each([
    [0.2, "1 ms"],
    [850, "850 ms"],
    [999.5, "1 s"],
    [1000, "1 s"],
    [1540, "1.5 s"],
    [59_960, "60 s"],
    [600_000, "10 min"],
    [172_800_000, "2 d"],
  ])("says %d ms as people do: %s", (ms, said) => {
    expect(shownDuration(ms)).toBe(said);
  });
});
