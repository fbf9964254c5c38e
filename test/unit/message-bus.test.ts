import { describe, expect, it, onTestFinished, vi } from "vitest";
import { HandlerError } from "../../src/bus/dispatch.js";
import { MessageBus } from "../../src/bus/message-bus.js";
import type { Dispatcher, Registry } from "../../src/bus/types.js";
import type { Message } from "../../src/domain/message.js";

interface Commands {
  double: { payload: number; result: number };
  relay: { payload: string; result: undefined };
}
interface Events {
  doubled: { readonly to: number };
  relayed: string;
}
type Bus = Dispatcher<Commands, Events>;

function createBus(overrides: Partial<Registry<Commands, Events>["commands"]> = {}) {
  return new MessageBus<Commands, Events>({
    commands: {
      async double({ payload }, bus: Bus) {
        await bus.publish("doubled", { to: payload * 2 });
        return payload * 2;
      },
      async relay({ payload }, bus: Bus) {
        await bus.publish("relayed", payload);
      },
      ...overrides,
    },
    events: { doubled: [], relayed: [] },
  });
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

describe("a command", () => {
  it("is answered by its handler", async () => {
    expect(await createBus().send("double", 21)).toBe(42);
  });

  it("fails for its sender with the very error that its handler threw", async () => {
    const error = new Error("no");
    const bus = createBus({
      double() {
        throw error;
      },
    });
    await expect(bus.send("double", 1)).rejects.toBe(error);
  });

  it("takes no second handler", () => {
    expect(() => createBus().handle("double", () => 0)).toThrow("already has a handler");
  });

  it("can be given its handler later, and fails for its sender until then", async () => {
    const bus = createBus();
    const late = bus as unknown as MessageBus<
      { late: { payload: number; result: number } },
      Events
    >;
    await expect(late.send("late", 1)).rejects.toThrow("command 'late' has no handler");
    late.handle("late", ({ payload }) => payload + 1);
    expect(await late.send("late", 1)).toBe(2);
  });

  it("takes no subscribers", () => {
    const bus = createBus();
    expect(() => bus.subscribe("double" as "doubled", () => {})).toThrow("'double' is a command");
  });
});

describe("an event", () => {
  it("may have no handler at all", async () => {
    await expect(createBus().publish("doubled", { to: 2 })).resolves.toBeUndefined();
  });

  it("is handled by the handlers that the registry gives it", async () => {
    const registered = vi.fn();
    const commands = { double: () => 0, relay: () => undefined };
    const bus = new MessageBus<Commands, Events>({
      commands,
      events: { doubled: [registered], relayed: [] },
    });
    await bus.publish("doubled", { to: 2 });
    expect(registered).toHaveBeenCalledOnce();
  });

  it("fails in the same way if it has one handler only", async () => {
    const bus = createBus();
    bus.subscribe("doubled", () => Promise.reject("offline"));
    const failure: AggregateError = await bus.publish("doubled", { to: 4 }).then(
      () => expect.unreachable(),
      (error) => error,
    );
    expect(failure.message).toBe("(anonymous): offline");
    expect(failure.errors).toEqual([expect.objectContaining({ name: "HandlerError" })]);
  });

  it("is handled when publish resolves, by every handler in the order of subscription", async () => {
    const bus = createBus();
    const heard: string[] = [];
    for (const name of ["first", "second", "third"]) {
      bus.subscribe("doubled", async ({ payload }) => {
        await turn();
        heard.push(`${name} ${payload.to}`);
      });
    }
    await bus.publish("doubled", { to: 4 });
    expect(heard).toEqual(["first 4", "second 4", "third 4"]);
  });

  it("reaches all handlers even if some throw, and names each that did", async () => {
    const bus = createBus();
    const calm = vi.fn();
    bus.subscribe("doubled", function reserveStock() {
      throw new Error("none left");
    });
    bus.subscribe("doubled", calm);
    bus.subscribe("doubled", () => Promise.reject("offline"), { name: "mail" });
    const failure: AggregateError = await bus.publish("doubled", { to: 4 }).then(
      () => expect.unreachable(),
      (error) => error,
    );
    expect(failure).toBeInstanceOf(AggregateError);
    expect(failure.message).toBe("reserveStock: none left; mail: offline");
    expect(failure.errors).toEqual([expect.any(HandlerError), expect.any(HandlerError)]);
    expect(failure.errors[0]).toMatchObject({ topic: "doubled", handler: "reserveStock" });
    expect(failure.errors[1]).toMatchObject({ handler: "mail", cause: "offline" });
    expect(calm).toHaveBeenCalledOnce();
  });
});

describe("a subscription", () => {
  it("ends with its undo, once or more, and leaves the others", async () => {
    const bus = createBus();
    const [mine, other] = [vi.fn(), vi.fn()];
    const undo = bus.subscribe("doubled", mine);
    bus.subscribe("doubled", other);
    undo();
    undo();
    await bus.publish("doubled", { to: 1 });
    expect(mine).not.toHaveBeenCalled();
    expect(other).toHaveBeenCalledOnce();
  });

  it("of the same function twice is two subscriptions", async () => {
    const bus = createBus();
    const handler = vi.fn();
    const undo = bus.subscribe("doubled", handler);
    bus.subscribe("doubled", handler);
    await bus.publish("doubled", { to: 1 });
    undo();
    await bus.publish("doubled", { to: 1 });
    expect(handler).toHaveBeenCalledTimes(3);
  });

  it("ends when its signal aborts", async () => {
    const bus = createBus();
    const handler = vi.fn();
    const controller = new AbortController();
    bus.subscribe("doubled", handler, { signal: controller.signal });
    await bus.publish("doubled", { to: 1 });
    controller.abort();
    await bus.publish("doubled", { to: 1 });
    expect(handler).toHaveBeenCalledOnce();
  });

  it("with a signal ends with its undo too", async () => {
    const bus = createBus();
    const handler = vi.fn();
    bus.subscribe("doubled", handler, { signal: new AbortController().signal })();
    await bus.publish("doubled", { to: 1 });
    expect(handler).not.toHaveBeenCalled();
  });

  it("does not begin when its signal has aborted already", async () => {
    const bus = createBus();
    const handler = vi.fn();
    bus.subscribe("doubled", handler, { signal: AbortSignal.abort() });
    await bus.publish("doubled", { to: 1 });
    expect(handler).not.toHaveBeenCalled();
  });

  it("that ends during a dispatch still hears the message under way", async () => {
    const bus = createBus();
    const late = vi.fn();
    bus.subscribe("doubled", () => undo());
    const undo = bus.subscribe("doubled", late);
    await bus.publish("doubled", { to: 1 });
    await bus.publish("doubled", { to: 2 });
    expect(late).toHaveBeenCalledOnce();
  });
});

describe("a message", () => {
  it("said by a handler carries the correlation and the id of what caused it", async () => {
    const bus = createBus();
    const heard: Message[] = [];
    bus.subscribe("*", (message) => heard.push(message));
    await bus.send("double", 1);
    const [command, event] = heard;
    expect(command).toMatchObject({
      topic: "double",
      correlationId: command?.id,
      causationId: null,
    });
    expect(event).toMatchObject({
      topic: "doubled",
      correlationId: command?.id,
      causationId: command?.id,
    });
    expect(command?.id).toMatch(/^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}-\d+$/);
    expect(event?.id).not.toBe(command?.id);
  });

  it("can be written as JSON and read back unchanged", async () => {
    const bus = createBus();
    const heard: Message[] = [];
    bus.subscribe("*", (message) => heard.push(message));
    await bus.send("double", 1);
    expect(JSON.parse(JSON.stringify(heard))).toEqual(heard);
    expect(heard[0]?.occurredAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  it("keeps its cause apart from dispatches that run at the same time", async () => {
    const bus = createBus({
      async relay({ payload }, bus: Bus) {
        for (let hop = 0; hop < payload.length; hop++) await turn();
        await bus.publish("relayed", payload);
      },
    });
    const commands = new Map<string, unknown>();
    const relayed: [unknown, unknown][] = [];
    bus.subscribe("*", (message) => {
      if (message.topic === "relay") commands.set(message.id, message.payload);
      if (message.topic === "relayed") {
        relayed.push([message.payload, commands.get(message.correlationId)]);
      }
    });
    const words = ["aaaa", "b", "ccc", "", "dd"];
    await Promise.all(words.map((word) => bus.send("relay", word)));
    expect(relayed).toHaveLength(words.length);
    for (const [word, cause] of relayed) expect(word).toBe(cause);
  });
});

describe("an observer", () => {
  it("hears every message before its handlers do, and when it was handled", async () => {
    const bus = createBus();
    const story: string[] = [];
    bus.subscribe("doubled", () => story.push("handler"));
    bus.subscribe("*", ({ topic }, handled) => {
      story.push(`${topic} begins`);
      void handled.then(() => story.push(`${topic} handled`));
    });
    await bus.send("double", 1);
    await turn();
    expect(story).toEqual([
      "double begins",
      "doubled begins",
      "handler",
      "doubled handled",
      "double handled",
    ]);
  });

  it("does not put the handlers off: they see what was sent, as it is now", async () => {
    const seen: number[] = [];
    const bus = createBus({
      double: ({ payload }) => {
        seen.push(payload);
        return payload;
      },
    });
    bus.subscribe("*", () => {});
    const sent = bus.send("double", 1);
    expect(seen).toEqual([1]);
    await sent;
  });

  it("hears of failures, and may ignore them", async () => {
    const bus = createBus({ double: () => Promise.reject(new Error("no")) });
    const outcome = vi.fn();
    bus.subscribe("*", (_, handled) => void handled.catch(outcome));
    bus.subscribe("*", () => {});
    await expect(bus.send("double", 1)).rejects.toThrow("no");
    await turn();
    expect(outcome).toHaveBeenCalledOnce();
  });

  it("that throws harms nobody and becomes a process warning", async () => {
    const bus = createBus();
    const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
    onTestFinished(() => warn.mockRestore());
    bus.subscribe("*", () => {
      throw new Error("observer's own fault");
    });
    expect(await bus.send("double", 2)).toBe(4);
    expect(warn).toHaveBeenCalledWith(new Error("observer's own fault"));
  });

  it("that rejects harms nobody and becomes a process warning", async () => {
    const bus = createBus();
    const warn = vi.spyOn(process, "emitWarning").mockReturnValue();
    onTestFinished(() => warn.mockRestore());
    bus.subscribe("*", async () => {
      throw new Error("observer's own fault");
    });
    expect(await bus.send("double", 2)).toBe(4);
    await turn();
    expect(warn).toHaveBeenCalledWith(new Error("observer's own fault"));
  });

  it("ends like any subscription, and leaves the others", async () => {
    const bus = createBus();
    const [observer, other] = [vi.fn(), vi.fn()];
    const undo = bus.subscribe("*", observer);
    bus.subscribe("*", other);
    undo();
    await bus.send("double", 1);
    expect(observer).not.toHaveBeenCalled();
    expect(other).toHaveBeenCalledTimes(2);
  });
});
