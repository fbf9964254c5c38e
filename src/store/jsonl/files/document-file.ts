import { readdirSync, readFileSync } from "node:fs";
import { dirname, sep } from "node:path";
import type { SyncAdapter } from "lowdb";
import { escapeUnsafe } from "../../../domain/printable.js";
import { messageOf, systemMessage } from "../../../error-message.js";
import { OrdersError, systemErrorCode } from "../../../errors.js";
import type { Damage } from "../../order-store.js";
import { FILE_LIMIT_HINTS, storeFailure } from "../errors.js";
import { fileMode, isMissing, remove } from "./directory.js";
import { withFile } from "./open-file.js";
import { replaceFile } from "./replace-file.js";

/**
 * A lowdb adapter for one small JSON document, which is replaced as a whole: see {@link replaceFile}.
 * lowdb's own file adapter shares one temporary name between processes, and never syncs.
 */
export class DocumentFile<T> implements SyncAdapter<T> {
  readonly path: string;
  readonly #decode: (value: unknown) => T;
  readonly #fix: string | undefined;
  #mode: number | undefined;

  /**
   * @param decode makes the document of a JSON value; throws what is wrong with it.
   * @param fix what to do if the file holds something else.
   */
  constructor(path: string, decode: (value: unknown) => T, fix?: string) {
    this.path = path;
    this.#decode = decode;
    this.#fix = fix;
  }

  /**
   * The document; `null` when there is none.
   *
   * @throws {OrdersError} `store-damaged` if something else is in the file; `store-failed`.
   */
  read(): T | null {
    let text: string | null;
    try {
      text = withFile(this.path, (fd) => (fd === undefined ? null : readFileSync(fd, "utf8")));
    } catch (error) {
      throw new UnreadableDocument(this.path, error);
    }
    if (text === null) return null;
    try {
      return this.#decode(JSON.parse(text));
    } catch (error) {
      const problem = error instanceof SyntaxError ? "not JSON" : messageOf(error);
      throw new DamagedDocument(this.path, problem, this.#fix);
    }
  }

  /** @throws {OrdersError} `store-failed`; a system error if the directory is gone. */
  write(document: T): void {
    try {
      this.#mode ??= fileMode(dirname(this.path));
      replaceFile(this.path, `${JSON.stringify(document)}\n`, this.#mode);
    } catch (error) {
      throw isMissing(error) ? error : storeFailure("write", this.path, error);
    }
  }

  remove(): void {
    remove(this.path);
  }
}

/** The names of the documents in a directory, sorted; none if it is not there. */
export function documentNames(directory: string): string[] {
  return fileNames(directory)
    .filter((file) => file.endsWith(".json"))
    .map((file) => file.slice(0, -".json".length))
    .sort((one, other) => (one < other ? -1 : 1));
}

/** The names of all files in a directory; none if it is not there. */
export function fileNames(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isMissing(error)) return [];
    throw new UnreadableDocument(directory, error);
  }
}

class DamagedDocument extends OrdersError {
  readonly damage: Damage;

  constructor(path: string, problem: string, fix: string | undefined) {
    const location = locationOf(path);
    super("store-damaged", `${location}: ${problem}`, { hint: fix });
    this.damage = { location, problem: escapeUnsafe(problem) };
  }
}

/** A document, or a directory of them, that the system does not let us read. */
class UnreadableDocument extends OrdersError {
  readonly damage: Damage;

  constructor(path: string, cause: unknown) {
    const problem = systemMessage(cause);
    const { code = "" } = cause as NodeJS.ErrnoException;
    const isDenied = code === "EACCES" || code === "EPERM";
    const hint =
      FILE_LIMIT_HINTS[code] ??
      (isDenied ? "make it readable for you" : "restore it, or remove it");
    super(systemErrorCode(cause), `cannot read ${path}: ${problem}`, { cause, hint });
    this.damage = { location: locationOf(path), problem: `cannot be read: ${problem}` };
  }
}

/** A path below the store, with slashes on every system. */
function locationOf(path: string): string {
  const from = `${path}${sep}`.lastIndexOf(`${sep}subscriptions${sep}`) + 1;
  return path.slice(from).replaceAll(sep, "/");
}

/** What `read` returns; `null` for a damaged or unreadable document, which is reported. */
export function readOrReport<T>(read: () => T, onDamage: (damage: Damage) => void): T | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DamagedDocument || error instanceof UnreadableDocument)) throw error;
    onDamage(error.damage);
    return null;
  }
}
