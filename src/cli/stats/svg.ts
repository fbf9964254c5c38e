import { escapeCharacter } from "../../domain/printable.js";

/** A line of text; of its characters only what XML needs is escaped here. */
export function svgText(className: string, x: number, y: number, text: string): string {
  return `<text class="${className}" x="${round(x)}" y="${round(y)}">${escapeXml(text)}</text>`;
}

/** @param title what is shown of the bar when it is pointed at. */
export function svgBar(x: number, y: number, width: number, height: number, title = ""): string {
  const place = `x="${round(x)}" y="${round(y)}" width="${round(width)}" height="${round(height)}"`;
  return `<rect class="bar" ${place}>${title && `<title>${escapeXml(title)}</title>`}</rect>`;
}

function round(number: number): number {
  return Math.round(number * 100) / 100;
}

/** Of the safe characters, {@link https://www.w3.org/TR/xml/#charsets XML} lacks two noncharacters. */
function escapeXml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replace(/[\ufffe\uffff]/g, escapeCharacter);
}
