import type { Command } from "commander";
import type { Definition } from "../options/definition.js";

/** Thrown where commander refuses an option: there is none of this name, or its value is missing. */
export class OptionRefused extends Error {
  readonly line: Line;
  /** commander's code of why. */
  readonly code: string;

  constructor(line: Line, code: string) {
    super();
    this.line = line;
    this.code = code;
  }
}

/** What commander makes of a line: the command that it names, with options and arguments. */
export interface Line {
  readonly command: Command;
  /** The words that name it: `parked`, `retry`. */
  readonly path: readonly string[];
  readonly definition: Definition;
}
