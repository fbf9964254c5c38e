import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { has } from "./needs.js";
import { temporaryDirectory } from "./temporary-directory.js";

/** Whether there is a browser to open pictures in. */
export const HAS_BROWSER =
  process.platform === "linux" && has("chromium", "apt-get install chromium");

/** What a browser made of an SVG document. */
export interface Drawn {
  /** What is wrong with it as XML; empty if nothing is. */
  readonly problem: string;
  readonly width: number;
  readonly height: number;
  readonly texts: readonly DrawnText[];
  /** The colours of text, bars and what they stand on: `rgb(0, 0, 0)`. */
  readonly colors: { readonly text: string; readonly bar: string; readonly paper: string };
}

/** A text and where it stands, in the units of the picture. */
interface DrawnText {
  readonly text: string;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** Opens an SVG document in a browser that prefers light or dark. */
export async function drawn(svg: string, prefers: "light" | "dark" = "light"): Promise<Drawn> {
  const directory = temporaryDirectory();
  const page = join(directory, "page.html");
  const source = JSON.stringify(svg).replaceAll("<", "\\u003c");
  writeFileSync(
    page,
    `<!doctype html><meta charset="utf-8"><style>body { margin: 0 }</style><body>
<script>document.title = JSON.stringify((${look})(${source}))</script>`,
  );
  const { stdout } = await execa("chromium", [
    "--headless",
    "--disable-gpu",
    "--no-sandbox", // root cannot have one, nor can many containers; the page is our own
    `--user-data-dir=${join(directory, "profile")}`,
    `--blink-settings=preferredColorScheme=${prefers === "dark" ? 0 : 1}`,
    "--dump-dom",
    `file://${page}`,
  ]);
  const [, title = ""] = /<title>(.*?)<\/title>/s.exec(stdout) ?? [];
  return JSON.parse(
    title
      .replaceAll("&lt;", "<")
      .replaceAll("&gt;", ">")
      .replaceAll("&nbsp;", "\u00a0")
      .replaceAll("&amp;", "&"),
  );
}

/** Runs in the browser. */
const look = `(source) => {
  const { documentElement } = new DOMParser().parseFromString(source, "image/svg+xml");
  const problem = documentElement.querySelector("parsererror")?.textContent ?? "";
  const svg = document.body.appendChild(document.importNode(documentElement, true));
  const { width, height } = svg.viewBox.baseVal;
  svg.setAttribute("width", width);
  svg.setAttribute("height", height);
  const texts = [...svg.querySelectorAll("text")].map((element) => {
    const { left, right, top, bottom } = element.getBoundingClientRect();
    return { text: element.textContent, left, right, top, bottom };
  });
  const fill = (selector) => getComputedStyle(svg.querySelector(selector)).fill;
  const colors = { text: fill("text"), bar: fill(".bar"), paper: fill(".paper") };
  return { problem, width, height, texts, colors };
}`;
