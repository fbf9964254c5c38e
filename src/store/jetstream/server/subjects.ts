import type { OrderRecord } from "../../records/record.js";
import type { ServerLocation } from "./server-location.js";

/** What a message of the stream of orders is about. */
export interface RecordKind {
  readonly kind: OrderRecord["kind"];
  /** It is history: no subscription reads its subject. */
  readonly isImported: boolean;
}

/** Each kind of record, by the part of its subjects that names it. */
const KINDS: ReadonlyMap<string, RecordKind> = new Map([
  ["order-created", { kind: "order", isImported: false }],
  ["order-closed", { kind: "closing", isImported: false }],
  ["order-imported", { kind: "order", isImported: true }],
  ["closing-imported", { kind: "closing", isImported: true }],
]);

/** All subjects of a stream. */
export const EVERY_SUBJECT = ">";

/** So many digits of an id are a part of its subjects: to find an order by them is one request. */
export const SHORT_ID_DIGITS = 8;

/** The subject of the only record of a kind that one order can have: it is closed once. */
export function recordSubject(
  location: ServerLocation,
  kind: Pick<OrderRecord, "kind" | "isImported">,
  id: string,
): string {
  return subject(location, topicOf(kind), id.slice(0, SHORT_ID_DIGITS), id);
}

/** The subjects of all records of one order; some have a message at the most. */
export function subjectsOfOrder(location: ServerLocation, id: string): string[] {
  return [...KINDS.values()].map((kind) => recordSubject(location, kind, id));
}

/** The subjects of all records whose ids begin with these digits, as far as subjects tell; of nothing else of ours. */
export function allRecords(location: ServerLocation, prefix = ""): string {
  const digits = prefix.length < SHORT_ID_DIGITS ? "*" : prefix.slice(0, SHORT_ID_DIGITS);
  return subject(location, "*", digits, "*");
}

/** The subjects of certain kinds of records; of each unless given. */
export function recordSubjects(
  location: ServerLocation,
  wanted: Partial<RecordKind> = {},
): string[] {
  const { kind: wantedKind, isImported } = wanted;
  return [...KINDS]
    .filter(([, { kind }]) => wantedKind === undefined || kind === wantedKind)
    .filter(([, kind]) => isImported === undefined || kind.isImported === isImported)
    .map(([topic]) => subject(location, topic, "*", "*"));
}

/** The subjects that subscriptions read. */
export function eventSubjects(location: ServerLocation): string[] {
  return recordSubjects(location, { isImported: false });
}

/** What a message is about; `undefined`: in a shared stream it can be something else's. */
export function kindOf(subject: string): RecordKind | undefined {
  return KINDS.get(subject.split(".").at(-3) ?? "");
}

function topicOf({
  kind: wanted,
  isImported: asImported = false,
}: Pick<OrderRecord, "kind" | "isImported">): string {
  const found = [...KINDS].find(
    ([, { kind, isImported }]) => kind === wanted && isImported === asImported,
  );
  return found?.[0] ?? wanted;
}

function subject({ prefix }: ServerLocation, ...tokens: readonly string[]): string {
  return [prefix, ...tokens].join(".");
}

/** What the records of subscriptions are about; each kind has subjects of its own. */
export const PARKING_KINDS = ["parked", "retry", "attempts"] as const;
export type ParkingKind = (typeof PARKING_KINDS)[number];

/** What a subscription records under a parking key; `*` is all subscriptions, or all keys. */
export function parkingSubject(
  location: ServerLocation,
  kind: ParkingKind,
  name: string,
  key: string,
): string {
  return subject(location, kind, tokenOf(name), key);
}

/** Whether a subject is one of a pattern's, in which each `*` is one token; `>` at its end one or more. */
export function subjectMatcher(patterns: readonly string[]): (subject: string) => boolean {
  const forms = patterns.map(
    (pattern) =>
      new RegExp(
        `^${pattern.replaceAll(".", "\\.").replaceAll("*", "[^.]+").replace(/>$/, ".+")}$`,
      ),
  );
  return (subject) => forms.some((form) => form.test(subject));
}

/** The id of an order, or a parking key: the last token of a subject. */
export function idOf(subject: string): string {
  return subject.slice(subject.lastIndexOf(".") + 1);
}

/** The subscription that a parking subject names. */
export function subscriptionOf(subject: string): string {
  return nameOf(subject.split(".").at(-2) ?? "");
}

/** The name of a subscription as one token of a subject. */
export function tokenOf(name: string): string {
  return name.replaceAll(".", "=");
}

/** The subscription that a token names. */
export function nameOf(token: string): string {
  return token.replaceAll("=", ".");
}
