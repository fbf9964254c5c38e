import { describe, expect, it } from "vitest";
import { parseServerLocation } from "../../src/store/jetstream/server/server-location.js";

describe("a server's location", () => {
  it("needs no more than a host", () => {
    expect(parseServerLocation("nats://shop")).toEqual({
      servers: ["shop:4222"],
      tls: false,
      login: undefined,
      stream: "orders",
      prefix: "orders",
      replicas: undefined,
      maxBytes: undefined,
      domain: undefined,
      force: false,
      timeoutMs: 30_000,
      shown: "nats://shop:4222",
    });
  });

  it("names several servers, each with its port, with or without the scheme", () => {
    const servers = ["one:4222", "127.0.0.1:4333", "[::1]:4222"];
    expect(parseServerLocation("nats://one,127.0.0.1:4333,[::1]")).toMatchObject({ servers });
    expect(
      parseServerLocation("NATS://one/,nats://127.0.0.1:4333,nats://[::1]/".replace("/,", ",")),
    ).toMatchObject({ servers });
  });

  it.each([
    ["nats://ada:s%3Acr%40t@one", { user: "ada", pass: "s:cr@t" }],
    ["nats://ada:p@ss@one", { user: "ada", pass: "p@ss" }],
    ["nats://ada:@one", { user: "ada", pass: "" }],
    ["nats://t%2Fken@one", { token: "t/ken" }],
    ["nats://ada:1234@one,ada:1234@two", { user: "ada", pass: "1234" }],
    ["nats://ada:1234@one,two", { user: "ada", pass: "1234" }],
  ])("reads the login of %s, and does not show it", (location, login) => {
    const parsed = parseServerLocation(location);
    expect(parsed.login).toEqual(login);
    expect(parsed.shown).toMatch(/^nats:\/\/one:4222(,two:4222)?$/);
    expect(parsed.servers[0]).toBe("one:4222");
  });

  it("settles stream, prefix, replicas and timeout", () => {
    const query = "?stream=Shop-1&prefix=shop.berlin&replicas=3&timeout=5";
    expect(parseServerLocation(`tls://one${query}`)).toMatchObject({
      tls: true,
      stream: "Shop-1",
      prefix: "shop.berlin",
      replicas: 3,
      timeoutMs: 5000,
      shown: `tls://one:4222${query}`,
    });
    expect(parseServerLocation("nats://one?stream=shop")).toMatchObject({ prefix: "shop" });
  });

  it.each([
    ["nats:ada:secret@one", "expected nats://host:port"],
    ["nats:/ada:secret@one", "expected nats://host:port"],
    ["nats://", "expected host or host:port"],
    ["nats://ada:se/cret@one:port", "expected host or host:port"],
    ["nats://ada:secret@one:70000", "expected host or host:port"],
    ["nats://ada:secret@one/orders", "expected no path; name the stream with ?stream=NAME"],
    ["nats://one:4222,two:4222/shop/orders", "expected no path; name the stream with ?stream=NAME"],
    ["nats://:secret@one", "missing user before the @"],
    ["nats://ada:secret%@one", "write a % in a login as %25"],
    ["nats://ada:secret@one,bob:secret@two", "all servers must have the same login"],
    ["nats://ada:secret@one,tls://two", "all servers must use the same scheme"],
    ["nats://ada:secret@one?replica=3", "unknown parameter 'replica'"],
    ["nats://ada:secret@one?replicas=2", "replicas must be 1, 3 or 5"],
    ["nats://ada:secret@one?stream=a.b", "stream must be up to 64 of"],
    ["nats://ada:secret@one?prefix=a..b", "prefix must be words of"],
    ["nats://ada:secret@one?max_bytes=lots", "max_bytes must be a size"],
    ["nats://ada:secret@one?domain=a.b", "domain must be up to 64 of"],
    ["nats://ada:secret@one?force=no", "force must have no value"],
    ["nats://ada:secret@one?timeout=0", "timeout must be 1 to 9999 seconds"],
  ])("%s is refused, in words that hold no secret", (location, problem) => {
    let message = "";
    try {
      parseServerLocation(location);
    } catch (error) {
      ({ message } = error as Error);
    }
    expect(message).toContain(`invalid store location: ${problem}`);
    expect(message).not.toMatch(/secret|ada|bob/);
  });
});
