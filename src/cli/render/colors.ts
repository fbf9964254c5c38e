import { Chalk } from "chalk";
import type { Style } from "./style.js";

const chalk = new Chalk({ level: 1 });

/**
 * With colour. The 16 basic colours follow the theme of the terminal; of those only magenta and red can be
 * read on black as well as on white.
 */
export const COLORED: Style = {
  heading: chalk.bold,
  faint: chalk.dim,
  id: chalk.magenta,
  name: chalk.magenta,
  bar: chalk.dim,
  warning: chalk.magenta,
  bad: chalk.bold.red,
};
