import { MAX_ORDER_BYTES } from "../../domain/order.js";
import { ImportProblem } from "../import-problem.js";

/** A record of CSV, and the line on which it begins. */
export interface CsvRecord {
  readonly line: number;
  readonly cells: readonly string[];
}

/**
 * Splits CSV into records ({@link https://www.rfc-editor.org/rfc/rfc4180 RFC 4180}). A line ends in `\r\n`, `\n` or
 * `\r`, in one file in different ways: somebody joined files or appended to one.
 */
export class CsvSplitter {
  readonly #name: string;
  readonly #separator: string;
  /** What ends a cell without quotes. */
  readonly #end: RegExp;
  #rest = "";
  #line = 1;

  /** @param name of the file. */
  constructor(name: string, separator: string) {
    this.#name = name;
    this.#separator = separator;
    this.#end = new RegExp(`[${separator}"\r\n]`, "g");
  }

  /**
   * The records that end in a further text, which ends where a line does.
   *
   * @throws {ImportProblem}
   */
  *split(text: string): Generator<CsvRecord, void> {
    const all = this.#rest + text;
    let from = 0;
    for (let next = this.#recordAt(all, from); next; next = this.#recordAt(all, from)) {
      yield { line: this.#line, cells: next.cells };
      this.#line += all.slice(from, next.end).split(LINE_END).length - 1;
      from = next.end;
    }
    this.#rest = all.slice(from);
    // Of a quote that is not closed all that follows is one text: more than an order can have is a mistake.
    if (this.#rest.length > MAX_ORDER_BYTES) this.end();
  }

  /** Whether a record has begun that has not ended yet. */
  get isWithinRecord(): boolean {
    return this.#rest !== "";
  }

  /** @throws {ImportProblem} if a record has no end. */
  end(): void {
    if (this.#rest !== "") throw this.problem("unreadable", "is not CSV", "a quote is not closed");
  }

  /** What is wrong with the next record. */
  problem(kind: ImportProblem["kind"], what: string, detail?: string): ImportProblem {
    return new ImportProblem(kind, `${this.#name}:${this.#line} ${what}`, detail);
  }

  /** The record that begins at a character, and where the next one does; `undefined`: it does not end here. */
  #recordAt(text: string, from: number): { cells: string[]; end: number } | undefined {
    const cells: string[] = [];
    const first = text[from] === "\ufeff" ? from + 1 : from; // a byte order mark, also where files were joined
    for (let at = first; at < text.length; at++) {
      const isQuoted = text[at] === '"';
      const end = isQuoted ? endOfQuoted(text, at) : this.#endOfPlain(text, at);
      if (end === undefined) return undefined;
      cells.push(
        isQuoted ? text.slice(at + 1, end - 1).replaceAll('""', '"') : text.slice(at, end),
      );
      at = end;
      if (text[at] === this.#separator) continue;
      if (text.startsWith("\r\n", at)) return { cells, end: at + 2 };
      if (text[at] === "\n" || text[at] === "\r") return { cells, end: at + 1 };
      const detail = isQuoted ? "there is text behind a quote" : "there is a quote within a text";
      throw this.problem("unreadable", "is not CSV", detail);
    }
    return undefined;
  }

  #endOfPlain(text: string, from: number): number {
    this.#end.lastIndex = from;
    return this.#end.exec(text)?.index ?? text.length;
  }
}

/** Behind the quote that closes a text. */
function endOfQuoted(text: string, from: number): number | undefined {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 2)) {
    if (text[at + 1] !== '"') return at + 1;
  }
  return undefined;
}

const LINE_END = /\r\n|\n|\r/;
