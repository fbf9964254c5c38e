/*
 * Draws docs/session.svg, the picture in the README: what a terminal shows of a real session, in the
 * colours of a light or a dark page.
 *
 *     node scripts/draw-session.mjs [file]
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const SESSION = [
  'orders place-order "100 inch TV" "magic carpet"',
  'orders place-order --quiet --for Ada "soft cheese"',
  "orders list",
  `orders watch --as sales --until-caught-up --exec 'echo "ring for $ORDERS_ID"'`,
];
const COLUMNS = 84;
const CELL = { width: 8.4, height: 20 };
const MARGIN = 20;
const PROMPT = "\x1b[2m$\x1b[22m ";
const ERASE_LINE = "\r\x1b[2K";
/** Above each command, for the eye. */
const PROMPT_GAP = 10;

const COLOURS = ["yellow", "magenta", "cyan"];
/** Of each SGR code that the program writes: the classes that it takes away, and the one it adds. */
const STYLES = {
  1: [[], "bold"],
  2: [[], "dim"],
  22: [["bold", "dim"]],
  33: [COLOURS, "yellow"],
  35: [COLOURS, "magenta"],
  36: [COLOURS, "cyan"],
  39: [COLOURS],
};
const CSS = `text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: #1f2328; white-space: pre }
.page { fill: #ffffff; stroke: #d1d9e0 }
.bold { font-weight: 600 }
.dim { fill: #59636e }
.cyan { fill: #1b7c83 }
.yellow { fill: #9a6700 }
.magenta { fill: #8250df }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.page { fill: #0d1117; stroke: #3d444d }
.dim { fill: #9198a1 }
.cyan { fill: #39c5cf }
.yellow { fill: #d29922 }
.magenta { fill: #bc8cff }
}`;

const [file = fileURLToPath(new URL("../docs/session.svg", import.meta.url))] =
  process.argv.slice(2);
writeFileSync(file, picture(runSession()));

/** What a terminal is sent: by each command, after a prompt. The store is said to be /srv/shop. */
function runSession() {
  const orders = fileURLToPath(new URL("../bin/orders.js", import.meta.url));
  const directory = mkdtempSync(join(tmpdir(), "session-"));
  const lines = [
    `stty cols ${COLUMNS} -onlcr`,
    `orders() { '${process.execPath}' '${orders}' "$@"; }`,
    ...SESSION.flatMap((command) => [
      `printf '%s\\033[1m%s\\033[22m\\n' '${PROMPT}' '${command.replaceAll("'", "'\\''")}'`,
      command,
    ]),
  ];
  try {
    writeFileSync(join(directory, "session.sh"), lines.join("\n"));
    const env = { PATH: process.env.PATH, TERM: "xterm-256color", ORDERS_STORE: "shop" };
    const { status, stdout } = spawnSync("script", ["-qec", "bash -e session.sh", "/dev/null"], {
      cwd: directory,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "inherit"],
    });
    if (status !== 0) throw new Error(`the session failed: ${stdout}`);
    return stdout.replaceAll(directory, "/srv");
  } finally {
    rmSync(directory, { recursive: true });
  }
}

function picture(output) {
  let bottom = MARGIN - PROMPT_GAP;
  const texts = output
    .split("\n")
    .map((line) => line.split(ERASE_LINE).at(-1)) // what was not drawn over
    .join("\n")
    .trimEnd()
    .split("\n")
    .map((line) => {
      bottom += line.startsWith(PROMPT) ? CELL.height + PROMPT_GAP : CELL.height;
      return text(spans(line), bottom - CELL.height / 4);
    });
  const width = Math.ceil(COLUMNS * CELL.width + 2 * MARGIN);
  const height = bottom + MARGIN;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" role="img">
<title>A session in a terminal: two orders are placed and listed, and the sales desk is told of each</title>
<style>
${CSS}
</style>
<rect class="page" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>
${texts.join("")}</svg>
`;
}

/** A line as pieces of text, each with its classes. */
function spans(line) {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what a terminal is sent
  const [first, ...others] = line.split(/\x1b\[(\d+)m/);
  const result = [{ classes: [], text: first }];
  for (let index = 0; index < others.length; index += 2) {
    const style = STYLES[others[index]];
    if (style === undefined) throw new Error(`unknown style ${others[index]}`);
    const [without, add = []] = style;
    const kept = result.at(-1).classes.filter((name) => !without.includes(name));
    result.push({ classes: kept.concat(add), text: others[index + 1] });
  }
  return result.filter((span) => span.text !== "");
}

/** Its length is given, so that it fits whatever monospaced font there is. */
function text(line, y) {
  const length = line.reduce((sum, span) => sum + span.text.length, 0);
  if (length === 0) return "";
  const tspans = line.map((span) =>
    span.classes.length === 0
      ? escapeXml(span.text)
      : `<tspan class="${span.classes.join(" ")}">${escapeXml(span.text)}</tspan>`,
  );
  return `<text xml:space="preserve" x="${MARGIN}" y="${y}" textLength="${(length * CELL.width).toFixed(1)}">${tspans.join("")}</text>\n`;
}

function escapeXml(text) {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
