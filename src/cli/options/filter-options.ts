import { type Option, text } from "./options.js";

/** The options that choose orders by what they were placed with; times have options of their own. */
export const FILTER_OPTIONS = {
  item: {
    description:
      "with an item that contains this text, ignoring case; given several times: with all of them",
    value: "text",
    mayBeBlank: true, // a blank can be part of an item
    parse: (part, _, others = []) => [...others, part],
  } as Option<readonly string[] | undefined>,
  for: text("name", "for this name, ignoring case"),
};
