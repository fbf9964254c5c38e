/** What stderr says, where errors may be JSON, as it would without --json. */
export function asText(stderr: unknown): string {
  return String(stderr).replace(/^\{"error":.*\}$/gm, (line) => {
    const { code, message, hint } = JSON.parse(line).error;
    if (code === "store-damaged" && hint === null) return message;
    return [`orders: ${message}`, ...(hint?.split("\n") ?? [])].join("\n  ");
  });
}
