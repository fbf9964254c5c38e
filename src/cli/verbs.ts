import type { Command } from "commander";
import type { Context } from "./context.js";

/** A verb of the command line. Its module is loaded only when the verb is used. */
export interface Verb {
  readonly name: string;
  readonly alias?: string;
  readonly summary: string;
  load(): Promise<(context: Context) => Command>;
}

/** Whether there is a verb of this name or alias. */
export function isVerb(word: string): boolean {
  return VERBS.some(({ name, alias }) => word === name || word === alias);
}

/** Every verb, in the order of the help. */
export const VERBS: readonly Verb[] = [
  {
    name: "place-order",
    alias: "place",
    summary: "store an order and notify the sales desk",
    load: async () => (await import("./place-order.js")).createPlaceOrderCommand,
  },
  {
    name: "list",
    alias: "ls",
    summary: "print the orders, oldest first",
    load: async () => (await import("./list.js")).createListCommand,
  },
  {
    name: "show",
    summary: "print one order",
    load: async () => (await import("./show.js")).createShowCommand,
  },
  {
    name: "watch",
    summary: "tell of each order as it is placed",
    load: async () => (await import("./watch.js")).createWatchCommand,
  },
  {
    name: "subscriptions",
    summary: "print who is told of orders, and how many wait",
    load: async () => (await import("./subscriptions.js")).createSubscriptionsCommand,
  },
  {
    name: "parked",
    summary: "print, retry or drop the orders that could not be handled",
    load: async () => (await import("./parked.js")).createParkedCommand,
  },
  {
    name: "copy",
    summary: "copy all orders from one store to another",
    load: async () => (await import("./copy.js")).createCopyCommand,
  },
  {
    name: "init",
    summary: "set up where orders are kept",
    load: async () => (await import("./init.js")).createInitCommand,
  },
  {
    name: "check",
    summary: "look for damage in the whole store",
    load: async () => (await import("./check.js")).createCheckCommand,
  },
  {
    name: "where",
    summary: "print where the orders are kept, and what says so",
    load: async () => (await import("./where.js")).createWhereCommand,
  },
];
