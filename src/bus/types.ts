import type { Message } from "../domain/message.js";

/** The commands of a bus: their topics, payloads and results. */
export type CommandMap<C> = { [T in keyof C]: { payload: unknown; result: unknown } };

/** The topics of a map of messages. */
export type TopicOf<M> = keyof M & string;

/** The command message of a topic. */
type CommandMessage<C extends CommandMap<C>, T extends TopicOf<C>> = Message<T, C[T]["payload"]>;

/** The event message of a topic. */
type EventMessage<E, T extends TopicOf<E>> = Message<T, E[T]>;

/** Any message that a bus of these commands and events carries. */
type AnyMessage<C extends CommandMap<C>, E> =
  | { [T in TopicOf<C>]: CommandMessage<C, T> }[TopicOf<C>]
  | { [T in TopicOf<E>]: EventMessage<E, T> }[TopicOf<E>];

/** Sends commands and publishes events. */
export interface Dispatcher<C extends CommandMap<C>, E> {
  /**
   * Sends a command to its one handler and resolves with the result. What the handler throws reaches
   * the sender unchanged.
   */
  send<T extends TopicOf<C>>(topic: T, payload: C[T]["payload"]): Promise<C[T]["result"]>;

  /**
   * Publishes an event to its handlers, one after another in the order of subscription. All of them
   * run, even if one throws.
   *
   * @throws {AggregateError} of one {@link HandlerError} for each handler that failed.
   */
  publish<T extends TopicOf<E>>(topic: T, payload: E[T]): Promise<void>;
}

/** Handles a command; what it sends through `bus` has the command as its cause. */
export type CommandHandler<C extends CommandMap<C>, E, T extends TopicOf<C>> = (
  message: CommandMessage<C, T>,
  bus: Dispatcher<C, E>,
) => C[T]["result"] | Promise<C[T]["result"]>;

/** Handles an event; what it sends through `bus` has the event as its cause. */
export type EventHandler<C extends CommandMap<C>, E, T extends TopicOf<E>> = (
  message: EventMessage<E, T>,
  bus: Dispatcher<C, E>,
) => unknown;

/**
 * Called with every message when its handling begins; `handled` settles when the handling ends. The bus
 * does not wait for observers; if one throws or rejects, that becomes a process warning.
 */
export type Observer<C extends CommandMap<C>, E> = (
  message: AnyMessage<C, E>,
  handled: Promise<void>,
) => unknown;

/** The handlers of a bus: exactly one for each command, any number for each event. */
export interface Registry<C extends CommandMap<C>, E> {
  readonly commands: { readonly [T in TopicOf<C>]: CommandHandler<C, E, T> };
  readonly events: { readonly [T in TopicOf<E>]: readonly EventHandler<C, E, T>[] };
}

/** The options of {@link MessageBus.subscribe}. */
export interface SubscribeOptions {
  /** Ends the subscription when aborted. */
  readonly signal?: AbortSignal;
  /** The name of the handler in failures; by default that of the function. */
  readonly name?: string;
}
