import type { SubscriptionStatus } from "../../store/subscriptions.js";

/**
 * Subscriptions as {@link https://prometheus.io/docs/instrumenting/exposition_formats/ Prometheus} reads them, text
 * format 0.0.4. What nobody can tell is left out. Names have nothing that a label would need escaped.
 */
export function metricsOf(subscriptions: readonly SubscriptionStatus[]): string {
  return METRICS.map(([name, help, read]) => {
    const samples = subscriptions.flatMap((each) => {
      const value = read(each);
      return value === null
        ? []
        : [`orders_subscription_${name}{subscription="${each.name}"} ${value}\n`];
    });
    const metric = `orders_subscription_${name}`;
    return `# HELP ${metric} ${help}\n# TYPE ${metric} gauge\n${samples.join("")}`;
  }).join("");
}

type Metric = readonly [
  name: string,
  help: string,
  read: (of: SubscriptionStatus) => number | null,
];

const METRICS: readonly Metric[] = [
  ["waiting", "Events that wait to be handled.", ({ waiting }) => waiting],
  [
    "waiting_since_timestamp_seconds",
    "When the first event occurred that waits; absent if none does.",
    ({ waitingSince }) => seconds(waitingSince),
  ],
  ["parked", "Orders set aside after their last attempt failed.", ({ parked }) => parked],
  [
    "active_timestamp_seconds",
    "When an order was last delivered or acknowledged; absent if never.",
    ({ activeAt }) => seconds(activeAt),
  ],
];

/** Since 1970, as all times of Prometheus. */
function seconds(iso: string | null): number | null {
  return iso === null ? null : Date.parse(iso) / 1000;
}
