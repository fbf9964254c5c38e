import type { CommandHandler, EventHandler } from "../bus/types.js";
import type { Commands } from "../domain/commands.js";
import type { Events } from "../domain/events.js";

/** The type of a handler, by its topic. */
export type HandlerOf<T extends keyof Commands | keyof Events> = T extends keyof Commands
  ? CommandHandler<Commands, Events, T>
  : T extends keyof Events
    ? EventHandler<Commands, Events, T>
    : never;
