import { describe, expect, it } from "vitest";
import { parseLocation } from "../../src/store/location.js";

describe("a store's location", () => {
  it.each(["C:\\orders", "C:/orders", "C://orders", "orders:old"])(
    "is a directory as %s, and no scheme",
    (location) => {
      expect(parseLocation(location)).toMatchObject({ kind: "directory" });
    },
  );

  it.each(["https://shop", "FTP://ada:secret@shop"])("is refused as %s", (location) => {
    expect(() => parseLocation(location)).toThrow(/^unknown kind of store: (?:https|ftp):\/\/$/);
  });
});
