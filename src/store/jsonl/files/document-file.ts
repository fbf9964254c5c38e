import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, sep } from "node:path";
import type { SyncAdapter } from "lowdb";
import { systemMessage } from "../../../error-message.js";
import { OrdersError, systemErrorCode } from "../../../errors.js";
import type { Damage } from "../../order-store.js";
import { crc32OfText, hexOf } from "../../records/crc32.js";
import { FILE_LIMIT_HINTS, storeFailure } from "../errors.js";
import { fileMode, isMissing } from "./directory.js";
import { withFile } from "./open-file.js";
import { replaceFile } from "./replace-file.js";

/**
 * A lowdb adapter for one small JSON document, which has a checksum and is replaced as a whole: see
 * {@link replaceFile}. One process at a time writes it, and notices if another did. lowdb's own file adapter never
 * syncs.
 */
export class DocumentFile<T extends object> implements SyncAdapter<T | null> {
  readonly path: string;
  readonly #hint: string | undefined;
  #mode: number | undefined;
  /** Of what was read or written last. */
  #checksum: string | undefined;

  /** @param hint what to do if the file holds something else. */
  constructor(path: string, hint?: string) {
    this.path = path;
    this.#hint = hint;
  }

  /**
   * The document as it was written; `null`: there is none.
   *
   * @throws {DocumentError} `store-damaged`: something else is in the file; `store-failed`.
   */
  read(): T | null {
    const found = this.#load();
    this.#checksum = found?.crc32;
    return found?.document ?? null;
  }

  /** @throws {OrdersError} `store-damaged`: it is not as it was left, or its directory is gone; `store-failed`. */
  write(document: T | null): void {
    if (this.#checksum !== undefined && this.#load()?.crc32 !== this.#checksum) {
      throw new OrdersError("store-damaged", `${this.path} is not as it was left`, {
        hint: "the store was moved, or another process changed the subscription",
      });
    }
    const crc32 = checksumOf(this.path, document);
    try {
      this.#mode ??= fileMode(dirname(this.path));
      const text = `${JSON.stringify({ ...document, crc32 })}\n`;
      replaceFile(this.path, text, this.#mode, `${this.path}.tmp`);
    } catch (cause) {
      if (!isMissing(cause)) throw storeFailure("write", this.path, cause);
      const message = `the store was moved or removed: ${splitPath(this.path).store}`;
      throw new OrdersError("store-damaged", message, { cause });
    }
    this.#checksum = crc32;
  }

  #load(): { readonly document: T; readonly crc32: string } | null {
    const text = orUnreadable(this.path, () =>
      withFile(this.path, (fd) => (fd === undefined ? null : readFileSync(fd, "utf8"))),
    );
    if (text === null) return null;
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw this.damaged("not JSON");
    }
    const { crc32, ...document } = Object(value);
    if (crc32 === checksumOf(this.path, document)) return { document, crc32 };
    throw this.damaged("its checksum is not that of its name and content");
  }

  /** What is wrong with the document, as an error. */
  damaged(problem: string): OrdersError {
    const message = `${splitPath(this.path).location}: ${problem}`;
    const details = { hint: this.#hint };
    return new DocumentError(this.path, problem, "store-damaged", message, details);
  }
}

/** Of the name too: a document that was copied to another name is not that one's. */
function checksumOf(path: string, document: object | null): string {
  return hexOf(crc32OfText(basename(path) + JSON.stringify(document)));
}

/** A document, or a directory of them, that is damaged, or that the system does not let us read. */
class DocumentError extends OrdersError {
  readonly damage: Damage;

  constructor(path: string, problem: string, ...error: ConstructorParameters<typeof OrdersError>) {
    super(...error);
    this.damage = { kind: "unreadable", location: splitPath(path).location, problem };
  }
}

function orUnreadable<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    const reason = systemMessage(cause);
    const { code = "" } = cause as NodeJS.ErrnoException;
    const isDenied = code === "EACCES" || code === "EPERM";
    const otherwise = isDenied ? "make it readable for you" : "restore it, or remove it";
    const details = { cause, hint: FILE_LIMIT_HINTS[code] ?? otherwise };
    const message = `cannot read ${path}: ${reason}`;
    const problem = `cannot be read: ${reason}`;
    throw new DocumentError(path, problem, systemErrorCode(cause), message, details);
  }
}

/** The path of a store, and of a document below it: with slashes on every system. */
function splitPath(path: string): { readonly store: string; readonly location: string } {
  const at = `${path}${sep}`.lastIndexOf(`${sep}subscriptions${sep}`);
  return { store: path.slice(0, at), location: path.slice(at + 1).replaceAll(sep, "/") };
}

/** The names of the files in a directory with some ending, without that; none if it is not there. */
export function namesIn(directory: string, ending = ""): string[] {
  const files = orUnreadable(directory, () =>
    existsSync(directory) ? readdirSync(directory) : [],
  );
  return files
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, file.length - ending.length))
    .sort();
}

/** What `read` returns; `null` for a damaged or unreadable document, which is reported. */
export function readOrReport<T>(
  read: () => T,
  onDamage: (damage: Damage) => void = () => {},
): T | null {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof DocumentError)) throw error;
    onDamage(error.damage);
    return null;
  }
}
