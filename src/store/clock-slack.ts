/** So much the clocks may differ of those who place orders in one store, and of its server. */
export const CLOCK_SLACK_MS = 24 * 60 * 60 * 1000;
