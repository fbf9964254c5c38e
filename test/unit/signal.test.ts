import { afterEach, expect, it, vi } from "vitest";
import { Signal } from "../../src/store/subscription/signal.js";

afterEach(() => {
  vi.useRealTimers();
});

it("wakes its waiter once for all who ask for that meanwhile, and again for who asks later", async () => {
  vi.useFakeTimers();
  const signal = new Signal();
  for (let round = 0; round < 2; round++) {
    signal.notifySoon();
    signal.notifySoon();
    expect(vi.getTimerCount()).toBe(1);
    vi.runAllTimers();
    await signal.wait();
  }
});
