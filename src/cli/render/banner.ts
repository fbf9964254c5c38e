import type { Notification } from "../../domain/notification.js";
import type { Style } from "./style.js";

const RULE = "=".repeat(12);

/** The sales notification as the tutorial prints it; only its heading is coloured. */
export function renderBanner({ heading, lines }: Notification, style: Style): string {
  const top = [RULE, heading, RULE].map((line) => style.heading(line));
  return `${[...top, ...lines].join("\n")}\n`;
}
