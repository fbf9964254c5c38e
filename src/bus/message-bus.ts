import { createMessage, type Message } from "../domain/message.js";

/** Commands of a bus: topic to what the command carries and what its handler answers. */
export type CommandMap<C> = { [T in keyof C]: { payload: unknown; result: unknown } };

type TopicOf<M> = keyof M & string;

/** The command message of a topic. */
export type CommandMessage<C extends CommandMap<C>, T extends TopicOf<C>> = Message<
  T,
  C[T]["payload"]
>;

/** The event message of a topic. */
export type EventMessage<E, T extends TopicOf<E>> = Message<T, E[T]>;

/** Any message that a bus of these commands and events carries. */
export type AnyMessage<C extends CommandMap<C>, E> =
  | { [T in TopicOf<C>]: CommandMessage<C, T> }[TopicOf<C>]
  | { [T in TopicOf<E>]: EventMessage<E, T> }[TopicOf<E>];

/** Where messages are said. */
export interface Dispatcher<C extends CommandMap<C>, E> {
  /**
   * Sends a command to its one handler and resolves with the handler's answer.
   * What the handler throws reaches the sender unchanged.
   */
  send<T extends TopicOf<C>>(topic: T, payload: C[T]["payload"]): Promise<C[T]["result"]>;

  /**
   * Publishes an event to every handler, one after another in the order they subscribed. All of
   * them run, even if one throws.
   *
   * @throws {AggregateError} of one {@link HandlerError} for each handler that failed.
   */
  publish<T extends TopicOf<E>>(topic: T, payload: E[T]): Promise<void>;
}

/** Handles one command; says further messages through `bus`, so that they carry their cause. */
export type CommandHandler<C extends CommandMap<C>, E, T extends TopicOf<C>> = (
  message: CommandMessage<C, T>,
  bus: Dispatcher<C, E>,
) => C[T]["result"] | Promise<C[T]["result"]>;

/** Handles an event; says further messages through `bus`, so that they carry their cause. */
export type EventHandler<C extends CommandMap<C>, E, T extends TopicOf<E>> = (
  message: EventMessage<E, T>,
  bus: Dispatcher<C, E>,
) => unknown;

/**
 * Hears of every message as its handling begins. `handled` settles as the handling does.
 *
 * An observer watches: it is not waited for, and what it throws becomes a process warning.
 */
export type Observer<C extends CommandMap<C>, E> = (
  message: AnyMessage<C, E>,
  handled: Promise<void>,
) => void;

/** Who handles what: each command has exactly one handler, each event any number. */
export interface Registry<C extends CommandMap<C>, E> {
  readonly commands: { readonly [T in TopicOf<C>]: CommandHandler<C, E, T> };
  readonly events: { readonly [T in TopicOf<E>]: readonly EventHandler<C, E, T>[] };
}

/** How to subscribe. */
export interface SubscribeOptions {
  /** Ends the subscription when it aborts. */
  readonly signal?: AbortSignal;
  /** What failures call the handler; its function name unless given. */
  readonly name?: string;
}

/** A handler of an event failed. `cause` is what it threw. */
export class HandlerError extends Error {
  override readonly name = "HandlerError";
  /** The topic of the event. */
  readonly topic: string;
  /** The name of the handler. */
  readonly handler: string;

  constructor(topic: string, handler: string, cause: unknown) {
    super(`${handler}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.topic = topic;
    this.handler = handler;
  }
}

// Inside, where topics are only known at run time, handlers of all types stand together.
type AnyHandler = (message: never, bus: never) => unknown;
type AnyObserver = (message: never, handled: Promise<void>) => void;
type Subscriber = { readonly name: string; readonly handler: AnyHandler };

/**
 * Carries messages to their handlers within this process.
 *
 * Handlers may say further messages and several dispatches may be under way at once: the state of
 * a dispatch is its own. Handlers are held until they unsubscribe, never weakly.
 */
export class MessageBus<C extends CommandMap<C>, E> implements Dispatcher<C, E> {
  readonly #commandHandlers = new Map<string, AnyHandler>();
  // Lists are replaced, never changed: a dispatch under way keeps the list that it started with.
  readonly #subscribers = new Map<string, readonly Subscriber[]>();
  #observers: readonly AnyObserver[] = [];

  constructor(registry: Registry<C, E>) {
    for (const [topic, handler] of Object.entries(registry.commands)) {
      this.#commandHandlers.set(topic, handler as AnyHandler);
    }
    for (const [topic, handlers] of Object.entries(registry.events)) {
      for (const handler of handlers as readonly AnyHandler[]) this.#add(topic, handler);
    }
  }

  send<T extends TopicOf<C>>(topic: T, payload: C[T]["payload"]): Promise<C[T]["result"]> {
    return this.#send(createMessage(topic, payload)) as Promise<C[T]["result"]>;
  }

  publish<T extends TopicOf<E>>(topic: T, payload: E[T]): Promise<void> {
    return this.#publish(createMessage(topic, payload));
  }

  /**
   * Gives a command its handler.
   *
   * @throws {Error} if the command has one already: a command has exactly one handler.
   */
  handle<T extends TopicOf<C>>(topic: T, handler: CommandHandler<C, E, T>): void {
    if (this.#commandHandlers.has(topic)) {
      throw new Error(`command '${topic}' has a handler already`);
    }
    this.#commandHandlers.set(topic, handler);
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
    if (this.#commandHandlers.has(topic)) {
      throw new Error(`'${topic}' is a command: it has its one handler and no subscribers`);
    }
    const subscriber: Subscriber = { name, handler };
    const of = () => this.#subscribers.get(topic) ?? [];
    this.#subscribers.set(topic, [...of(), subscriber]);
    return () => {
      this.#subscribers.set(
        topic,
        of().filter((other) => other !== subscriber),
      );
    };
  }

  #observe(observer: AnyObserver): () => void {
    const own: AnyObserver = (message, handled) => observer(message, handled);
    this.#observers = [...this.#observers, own];
    return () => {
      this.#observers = this.#observers.filter((other) => other !== own);
    };
  }

  #send(message: Message): Promise<unknown> {
    return this.#observed(message, this.#runCommand);
  }

  #publish(message: Message): Promise<void> {
    return this.#observed(message, this.#runEvent);
  }

  #observed<R>(message: Message, run: (message: Message) => Promise<R>): Promise<R> {
    if (this.#observers.length === 0) return run(message);
    const result = Promise.resolve().then(() => run(message)); // once every observer has heard
    const handled = result.then(() => {});
    handled.catch(() => {}); // an observer need not look
    for (const observer of this.#observers) {
      try {
        observer(message as never, handled);
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    }
    return result;
  }

  readonly #runCommand = async (message: Message): Promise<unknown> => {
    const handler = this.#commandHandlers.get(message.topic);
    if (handler === undefined) throw new Error(`command '${message.topic}' has no handler`);
    return await handler(message as never, this.#causedBy(message) as never);
  };

  readonly #runEvent = async (message: Message): Promise<void> => {
    const subscribers = this.#subscribers.get(message.topic);
    if (subscribers === undefined) return;
    const bus = this.#causedBy(message) as never;
    let failures: HandlerError[] | undefined;
    for (const { name, handler } of subscribers) {
      try {
        await handler(message as never, bus);
      } catch (error) {
        failures ??= [];
        failures.push(new HandlerError(message.topic, name, error));
      }
    }
    if (failures !== undefined) {
      throw new AggregateError(failures, failures.map((failure) => failure.message).join("; "));
    }
  };

  /** This bus, for one handler: what is said through it names `cause` as its cause. */
  #causedBy(cause: Message): Dispatcher<C, E> {
    return {
      send: (topic, payload) => this.#send(createMessage(topic, payload, cause)),
      publish: (topic, payload) => this.#publish(createMessage(topic, payload, cause)),
    };
  }
}
