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
  /** How long a request is repeated before it fails. */
  readonly timeoutMs: number;
  /** The location without its secrets. */
  readonly shown: string;
}

/** How the client logs in. */
type Login = { readonly user: string; readonly pass: string } | { readonly token: string };

const DEFAULT_PORT = 4222;
const DEFAULT_STREAM = "orders";
const DEFAULT_TIMEOUT_S = 30;
const STREAM = /^[A-Za-z0-9_-]{1,64}$/;
const DOMAIN = /^[A-Za-z0-9_-]{1,64}$/;
const BYTES = /^([1-9]\d{0,14})(?:([KMGT])B?)?$/i;
const PREFIX = /^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/;
const LOCATION = /^(nats|tls):\/\/([^?#]*?)\/?(?:\?([^#]*))?$/i;
const HOST = /^(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?$/i;
const HINT = "for example nats://sales:secret@one:4222,two:4222?stream=orders&replicas=3";

/**
 * Parses `nats://user:password@host:4222,host?stream=orders&prefix=orders&replicas=3&timeout=30`.
 * A single word before the `@` is a token. `tls://` never falls back to plain text.
 *
 * @throws {OrdersError} `invalid-usage`, in words that hold no secret.
 */
export function parseServerLocation(location: string): ServerLocation {
  const [, scheme, authority = "", query = ""] = LOCATION.exec(location) ?? [];
  if (scheme === undefined) throw wrong("expected nats://host:port");
  const tls = scheme.toLowerCase() === "tls";
  const parts = authority.split(",").map((part) => splitServer(part, tls));
  const logins = new Set(parts.map(({ login }) => login).filter((login) => login !== undefined));
  if (logins.size > 1) throw wrong("all servers must have the same login");
  const { prefix, stream, ...settings } = parseQuery(query);
  const servers = parts.map(({ server }) => server);
  const shownQuery = query === "" ? "" : `?${query}`;
  return {
    servers,
    tls,
    login: parseLogin([...logins][0]),
    stream,
    prefix: prefix ?? stream,
    ...settings,
    shown: `${tls ? "tls" : "nats"}://${servers.join(",")}${shownQuery}`,
  };
}

/** The host, an IPv6 address without its brackets, and the port of a server of {@link ServerLocation.servers}. */
export function hostAndPort(server: string): { readonly host: string; readonly port: number } {
  const colon = server.lastIndexOf(":");
  const host = server.slice(0, colon).replace(/^\[|\]$/g, "");
  return { host, port: Number(server.slice(colon + 1)) };
}

function splitServer(part: string, tls: boolean): { server: string; login: string | undefined } {
  const scheme = /^(?:(nats|tls):\/\/)?/i.exec(part);
  if (scheme?.[1] !== undefined && (scheme[1].toLowerCase() === "tls") !== tls) {
    throw wrong("all servers must use the same scheme");
  }
  const rest = part.slice(scheme?.[0].length ?? 0);
  const at = rest.lastIndexOf("@");
  const [address = "", ...path] = rest.slice(at + 1).split("/");
  const [, host, port = String(DEFAULT_PORT)] = HOST.exec(address) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
    throw wrong("expected host or host:port; write special characters in a password as %40");
  }
  if (path.length > 0) throw wrong("expected no path; name the stream with ?stream=NAME");
  return { server: `${host}:${port}`, login: at < 0 ? undefined : rest.slice(0, at) };
}

function parseLogin(login: string | undefined): Login | undefined {
  if (login === undefined) return undefined;
  const colon = login.indexOf(":");
  if (login === "" || colon === 0) throw wrong("missing user before the @");
  if (colon < 0) return { token: decode(login) };
  return { user: decode(login.slice(0, colon)), pass: decode(login.slice(colon + 1)) };
}

function parseQuery(query: string) {
  const { stream, prefix, replicas, max_bytes, domain, timeout, ...others } = Object.fromEntries(
    new URLSearchParams(query),
  );
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) throw wrong(`unknown parameter '${unknown}'`);
  if (stream !== undefined && !STREAM.test(stream)) throw wrong(`invalid stream name '${stream}'`);
  if (prefix !== undefined && !PREFIX.test(prefix))
    throw wrong(`invalid subject prefix '${prefix}'`);
  if (replicas !== undefined && !/^[135]$/.test(replicas))
    throw wrong("replicas must be 1, 3 or 5");
  if (domain !== undefined && !DOMAIN.test(domain)) throw wrong(`invalid domain '${domain}'`);
  if (timeout !== undefined && !/^[1-9]\d{0,3}$/.test(timeout)) {
    throw wrong("timeout must be 1 to 9999 seconds");
  }
  return {
    stream: stream ?? DEFAULT_STREAM,
    prefix,
    replicas: replicas === undefined ? undefined : Number(replicas),
    maxBytes: max_bytes === undefined ? undefined : parseBytes(max_bytes),
    domain,
    timeoutMs: Number(timeout ?? DEFAULT_TIMEOUT_S) * 1000,
  };
}

function parseBytes(text: string): number {
  const [, number, unit = ""] = BYTES.exec(text) ?? [];
  if (number === undefined) throw wrong("max_bytes must be a size such as 1048576, 500MB or 10GB");
  const exponent = unit === "" ? 0 : 1 + "KMGT".indexOf(unit.toUpperCase());
  return Number(number) * 1024 ** exponent;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw wrong("write a % in a login as %25");
  }
}

function wrong(problem: string): OrdersError {
  return new OrdersError("invalid-usage", `invalid store location: ${problem}`, {
    hint: HINT,
  });
}
