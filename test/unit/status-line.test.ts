import { expect, it } from "vitest";
import { StatusLine } from "../../src/cli/render/status-line.js";

it("a status line is cleared whole in a terminal that has become narrower", () => {
  let written = "";
  const stderr = {
    isTerminal: true,
    columns: 80,
    rows: 24,
    write: (text: string) => {
      written += text;
      return true;
    },
  };
  const line = new StatusLine({ stderr, env: {} }, String);
  line.show("魔法の絨毯 is on its way");
  stderr.columns = 10;
  written = "";
  line.clear();
  const clear = "\r\x1b[2K";
  expect(written).toBe(`${clear}\x1b[1A${clear}\x1b[1A${clear}`); // 24 columns are three lines of ten
  line.show("魔法の絨毯");
  expect(written.endsWith(`${clear}魔法の絨…`)).toBe(true);
});
