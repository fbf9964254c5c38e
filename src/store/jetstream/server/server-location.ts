import { OrdersError } from "../../../errors.js";

/** The parsed location of a store on a server. */
export interface ServerLocation {
  /** Each as `host:port`; one that answers is enough. */
  readonly servers: readonly string[];
  /** Encrypted or refused. */
  readonly tls: boolean;
  readonly login: Login | undefined;
  readonly stream: string;
  /** What the subjects of this store begin with. */
  readonly prefix: string;
  /** How many servers are to hold each order; `undefined`: not specified. */
  readonly replicas: number | undefined;
  /** How large each stream may become; `undefined`: not specified. */
  readonly maxBytes: number | undefined;
  /** The JetStream domain; `undefined`: that of the account. */
  readonly domain: string | undefined;
  /** Whether a stream may be used that discards orders. */
  readonly force: boolean;
  /** How long a request is repeated before it fails. */
  readonly timeoutMs: number;
  /** The location without its secrets. */
  readonly shown: string;
}

/** How the client logs in. */
type Login = { readonly user: string; readonly pass: string } | { readonly token: string };

const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const BYTES = /^([1-9]\d{0,14})(?:([KMGT])B?)?$/i;
const LOCATION = /^(nats|tls):\/\/([^?#]*?)\/?(?:\?([^#]*))?$/i;
const SERVER = /^(?:(nats|tls):\/\/)?(?:(.*)@)?([^@]*)$/i;
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i;

/** What each parameter must be. */
const PARAMETERS: ReadonlyMap<string, readonly [RegExp, string]> = new Map([
  ["stream", [NAME, "be up to 64 of A-Z, a-z, 0-9, '_' and '-'"]],
  ["prefix", [/^[\w-]+(?:\.[\w-]+)*$/, "be words of A-Z, a-z, 0-9, '_' and '-', joined by dots"]],
  ["replicas", [/^[135]$/, "be 1, 3 or 5"]],
  ["max_bytes", [BYTES, "be a size such as 1048576, 500MB or 10GB"]],
  ["domain", [NAME, "be up to 64 of A-Z, a-z, 0-9, '_' and '-'"]],
  ["force", [/^$/, "have no value"]],
  ["timeout", [/^[1-9]\d{0,3}$/, "be 1 to 9999 seconds"]],
]);

/**
 * Parses `nats://user:password@host:4222,host?stream=orders&prefix=orders&replicas=3&timeout=30`.
 * A single word before the `@` is a token. `tls://` never falls back to plain text.
 *
 * @throws {OrdersError} `invalid-usage`, in words that hold no secret.
 */
export function parseServerLocation(location: string): ServerLocation {
  const [, scheme, authority = "", query = ""] = LOCATION.exec(location) ?? [];
  if (scheme === undefined) throw wrong("expected nats://host:port");
  const parts = authority.split(",").map((part) => splitServer(part, scheme));
  const servers = parts.map(({ server }) => server);
  const logins = new Set(parts.flatMap(({ login }) => login ?? []));
  if (logins.size > 1) throw wrong("all servers must have the same login");
  const {
    stream = "orders",
    prefix,
    replicas,
    max_bytes,
    domain,
    force,
    timeout,
  } = parseQuery(query);
  return {
    servers,
    tls: scheme.toLowerCase() === "tls",
    login: parseLogin([...logins][0]),
    stream,
    prefix: prefix ?? stream,
    replicas: replicas === undefined ? undefined : Number(replicas),
    maxBytes: max_bytes === undefined ? undefined : parseBytes(max_bytes),
    domain,
    force: force !== undefined,
    timeoutMs: Number(timeout ?? 30) * 1000,
    shown: `${scheme.toLowerCase()}://${servers.join(",")}${query && `?${query}`}`,
  };
}

/** The host, an IPv6 address without its brackets, and the port of a server of {@link ServerLocation.servers}. */
export function hostAndPort(server: string): { readonly host: string; readonly port: number } {
  const colon = server.lastIndexOf(":");
  const host = server.slice(0, colon).replace(/^\[|\]$/g, "");
  return { host, port: Number(server.slice(colon + 1)) };
}

function splitServer(part: string, common: string): { server: string; login: string | undefined } {
  const [, scheme = common, login, rest = ""] = SERVER.exec(part) ?? [];
  if (scheme.toLowerCase() !== common.toLowerCase()) {
    throw wrong("all servers must use the same scheme");
  }
  const [address = "", ...path] = rest.split("/");
  const [, host, port = "4222"] = HOST.exec(address) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw wrong("expected host or host:port; write special characters in a password as %40");
  }
  if (path.length > 0) throw wrong("expected no path; name the stream with ?stream=NAME");
  return { server: `${host}:${port}`, login };
}

function parseLogin(login: string | undefined): Login | undefined {
  if (login === undefined) return undefined;
  const colon = login.indexOf(":");
  if (login === "" || colon === 0) throw wrong("missing user before the @");
  if (colon < 0) return { token: decode(login) };
  return { user: decode(login.slice(0, colon)), pass: decode(login.slice(colon + 1)) };
}

function parseQuery(query: string): Partial<Record<string, string>> {
  const given = new URLSearchParams(query);
  for (const [name, value] of given) {
    const [form, words] = PARAMETERS.get(name) ?? [];
    if (form === undefined) throw wrong(`unknown parameter '${name}'`);
    if (!form.test(value)) throw wrong(`${name} must ${words}`);
  }
  return Object.fromEntries(given);
}

function parseBytes(text: string): number {
  const [, number, unit = ""] = BYTES.exec(text) ?? [];
  return Number(number) * 1024 ** " KMGT".indexOf(unit.toUpperCase() || " ");
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong("write a % in a login as %25");
  }
}

function wrong(problem: string): OrdersError {
  const hint = "for example nats://sales:secret@one:4222,two:4222?stream=orders&replicas=3";
  return new OrdersError("invalid-usage", `invalid store location: ${problem}`, { hint });
}
