import {
  type AnyHandler,
  type AnyObserver,
  RoutedDispatcher,
  type Subscriber,
} from "./dispatch.js";
import type {
  CommandHandler,
  CommandMap,
  EventHandler,
  Observer,
  Registry,
  SubscribeOptions,
  TopicOf,
} from "./types.js";

/**
 * Delivers messages to their handlers within this process.
 *
 * Handlers may send and publish further messages, and dispatches may run concurrently: each has its own
 * state. Handlers are held, never weakly, until they unsubscribe.
 */
export class MessageBus<C extends CommandMap<C>, E> extends RoutedDispatcher<C, E> {
  constructor(registry: Registry<C, E>) {
    super({ commandHandlers: new Map(), subscribers: new Map(), observers: [] });
    for (const [topic, handler] of Object.entries(registry.commands)) {
      this.routes.commandHandlers.set(topic, handler as AnyHandler);
    }
    for (const [topic, handlers] of Object.entries(registry.events)) {
      for (const handler of handlers as readonly AnyHandler[]) this.#add(topic, handler);
    }
  }

  /**
   * Registers the handler of a command.
   *
   * @throws {Error} if the command has one already: a command has exactly one handler.
   */
  handle<T extends TopicOf<C>>(topic: T, handler: CommandHandler<C, E, T>): void {
    if (this.routes.commandHandlers.has(topic)) {
      throw new Error(`command '${topic}' already has a handler`);
    }
    this.routes.commandHandlers.set(topic, handler);
  }

  /**
   * Subscribes a handler to an event, or an observer to every message with `*`.
   *
   * @returns a function that ends the subscription; calling it again does nothing.
   */
  subscribe(topic: "*", observer: Observer<C, E>, options?: SubscribeOptions): () => void;
  subscribe<T extends TopicOf<E>>(
    topic: T,
    handler: EventHandler<C, E, T>,
    options?: SubscribeOptions,
  ): () => void;
  subscribe(topic: string, handler: unknown, { signal, name }: SubscribeOptions = {}): () => void {
    if (signal?.aborted) return () => {};
    const undo =
      topic === "*"
        ? this.#observe(handler as AnyObserver)
        : this.#add(topic, handler as AnyHandler, name);
    if (signal === undefined) return undo;
    signal.addEventListener("abort", undo, { once: true });
    return () => {
      signal.removeEventListener("abort", undo);
      undo();
    };
  }

  #add(topic: string, handler: AnyHandler, name = handler.name || "(anonymous)"): () => void {
    if (this.routes.commandHandlers.has(topic)) {
      throw new Error(`'${topic}' is a command: it has exactly one handler and no subscribers`);
    }
    const subscriber: Subscriber = { name, handler };
    const of = () => this.routes.subscribers.get(topic) ?? [];
    this.routes.subscribers.set(topic, [...of(), subscriber]);
    return () => {
      this.routes.subscribers.set(
        topic,
        of().filter((other) => other !== subscriber),
      );
    };
  }

  #observe(observer: AnyObserver): () => void {
    const own: AnyObserver = (message, handled) => observer(message, handled);
    this.routes.observers = [...this.routes.observers, own];
    return () => {
      this.routes.observers = this.routes.observers.filter((other) => other !== own);
    };
  }
}
