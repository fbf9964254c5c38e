import { type Claim, claimJson } from "./order-codec.js";
import { keyOf, type RecordLine } from "./scanned-line.js";

/**
 * Tells the first line of an order, and the first that closes it, from later ones: of two processes that claim an
 * id at once the first on file has it, and people double lines and whole files.
 *
 * In a file that only `orders` wrote that takes no memory: an order that was placed later than all before it
 * is no copy of any, nor is one whose writer had searched the file up to the very byte where it stands. Any
 * other is looked for in what is before it; once that has become expensive, all ids are kept.
 */
export class FirstLines {
  /** Lines before this byte are known; and of those, what is not the first. */
  #knownTo: number;
  readonly #others = new Map<number, Place>();
  readonly #from: number;
  readonly #isBackward: boolean;
  #newest = Number.NEGATIVE_INFINITY;
  /** Those that were placed when the newest of all was. */
  readonly #instant = new Group();
  /** Those that were written together. */
  #batch: (Claim & { end: number; group?: Group }) | undefined;
  /** Up to where there is nothing else behind where a batch begins, by its claim; infinite if there is. */
  readonly #aloneTo = new Map<string, number>();
  /** When the newest order before a byte was placed. */
  readonly #times: { readonly start: number; readonly newest: number }[] = [];
  #searchedBytes = 0;
  /** The tokens of all claims, 0 where there is none, by the keys of their lines. */
  #index: Map<string, number> | undefined;

  /** @param from what is before this byte is not looked at: it is believed that none is there. */
  constructor(from = 0, isBackward = false) {
    this.#from = from;
    this.#knownTo = from;
    this.#isBackward = isBackward;
  }

  /**
   * For lines that are read the last one first, of a file that is believed to be as it was written: one that was
   * lost to another process is still told.
   */
  static backward(): FirstLines {
    return new FirstLines(0, true);
  }

  /** Where to go on: lines before this byte are known. */
  get knownTo(): number {
    return this.#knownTo;
  }

  /** Notes where a block begins whose lines are asked for next. */
  beginBlock(start: number): void {
    if (start >= this.#knownTo) this.#times.push({ start, newest: this.#newest });
  }

  /** Which place a line has. Of lines that are not known yet, the first has to be asked for first. */
  placeOf(line: RecordLine, file: SearchedFile): Place {
    if (this.#isBackward) return this.#believe(line, file);
    if (line.start < this.#knownTo) return this.#others.get(line.start) ?? "first";
    const place = this.#look(line, file);
    if (place !== "first") this.#others.set(line.start, place);
    this.#knownTo = line.end;
    return place;
  }

  #look(line: RecordLine, file: SearchedFile): Place {
    if (this.#index !== undefined) return this.#addTo(this.#index, line);
    const isAsWritten = line.claim !== undefined && this.#isAsWritten(line.claim, line);
    const place = isAsWritten ? "first" : "moved";
    if (line.kind === "order") {
      if (line.time > this.#newest) {
        this.#newest = line.time;
        this.#instant.beginWith(line);
        if (isAsWritten || (line.claim === undefined && line.hasChecksum)) {
          this.#batch?.group?.add(line);
          return "first";
        }
      } else if (line.time === this.#newest) {
        const known = this.#instant.add(line);
        if (known !== undefined) return laterPlace(line, known);
        if (line.claim === undefined && line.hasChecksum) return "first";
      }
    }
    if (isAsWritten && this.#batch !== undefined) {
      if (line.claim?.checkedTo === line.start) return "first";
      this.#batch.group ??= Group.of(file.records(this.#batch.checkedTo, line.start));
      const known = this.#batch.group.add(line);
      return known === undefined ? "first" : laterPlace(line, known);
    }
    return this.#search(line, file) ?? place;
  }

  #believe(line: RecordLine, file: SearchedFile): Place {
    const gap = gapOf(line);
    if (gap === 0 || this.#searchedBytes > MAX_SEARCHES * file.size) return "first";
    if (this.#isWithItsOwn(line, file)) return "first";
    this.#searchedBytes += gap;
    return this.#find(line, line.start - gap, file) ?? "first";
  }

  /** Whether its writer put all that is on file from where it had searched to up to a line: one look at each batch. */
  #isWithItsOwn({ claim, start, end }: RecordLine, file: SearchedFile): boolean {
    if (claim === undefined) return false;
    const text = claimJson(claim);
    const known = this.#aloneTo.get(text) ?? claim.checkedTo;
    if (start < known) return known < Number.POSITIVE_INFINITY;
    const isAlone = file.haveAll(text, known, start);
    this.#aloneTo.set(text, isAlone ? end : Number.POSITIVE_INFINITY);
    return isAlone;
  }

  /** Whether a line stands where its writer put it: at the byte to which it had searched, or behind its own. */
  #isAsWritten(claim: Claim, { start, end }: RecordLine): boolean {
    const { token, checkedTo } = claim;
    if (this.#batch?.token === token && this.#batch.checkedTo === checkedTo) {
      if (this.#batch.end !== start) return false;
      this.#batch.end = end;
      return true;
    }
    if (checkedTo === start) this.#batch = { token, checkedTo, end };
    return checkedTo === start;
  }

  /** Looks for the same in what is before a line. @returns undefined: it is not there. */
  #search(line: RecordLine, file: SearchedFile): Place | undefined {
    const { start } = line;
    const from = this.#searchFrom(line);
    this.#searchedBytes += start - from;
    if (this.#searchedBytes > MAX_SEARCHES * file.size) {
      this.#index = new Map();
      for (const each of file.records(this.#from, start)) this.#addTo(this.#index, each);
      return this.#addTo(this.#index, line);
    }
    return this.#find(line, from, file);
  }

  #find(line: RecordLine, from: number, file: SearchedFile): Place | undefined {
    const key = keyOf(line);
    for (const each of file.records(from, line.start, key)) {
      if (keyOf(each) === key) return laterPlace(line, knownOf(each));
    }
    return undefined;
  }

  /** An order without a claim has a random id: an earlier one that is the same was placed at the same time. */
  #searchFrom(line: RecordLine): number {
    const { claim, start } = line;
    if (this.#from > 0) return Math.min(start - gapOf(line), this.#from);
    if (line.kind !== "order" || claim !== undefined || !line.hasChecksum) return 0;
    const older = this.#times.findLast(({ newest }) => line.time > newest);
    return older?.start ?? 0;
  }

  #addTo(index: Map<string, number>, line: RecordLine): Place {
    const key = keyOf(line);
    const token = tokenOf(line.claim);
    const other = index.get(key);
    if (other === undefined) {
      index.set(key, token);
      return "moved";
    }
    return token !== 0 && other !== 0 && other !== token ? "lost" : "repeated";
  }
}

/**
 * `first` on file; `moved`: that too, but it may not stand where its writer put it; `lost`: another process was
 * first, as can happen; `repeated`: somebody doubled it.
 */
export type Place = "first" | "moved" | "lost" | "repeated";

/** The file of a line, up to that line. */
export interface SearchedFile {
  readonly size: number;
  /** The lines of records between two bytes, all or those whose lines contain a text. */
  records(from: number, to: number, text?: string): Iterable<RecordLine>;
  /** Whether all lines between two bytes contain a text. */
  haveAll(text: string, from: number, to: number): boolean;
}

/** Searching may cost as much as reading the file so many times. */
const MAX_SEARCHES = 2;
/** Other processes do not append more while one of them looks for an id and appends. */
const MAX_GAP_BYTES = 2 ** 20;

/** How much others may have appended between the search of its writer and a line; 0: nobody can tell. */
function gapOf({ claim, start }: RecordLine): number {
  const gap = claim === undefined ? 0 : start - claim.checkedTo;
  return gap > 0 && gap <= MAX_GAP_BYTES ? gap : 0;
}

interface Known {
  readonly start: number;
  readonly token: number;
}

function knownOf({ start, claim }: RecordLine): Known {
  return { start, token: tokenOf(claim) };
}

function tokenOf(claim: Claim | undefined): number {
  return claim === undefined ? 0 : Number.parseInt(claim.token, 16);
}

/** The place of a line whose like is known. */
function laterPlace({ claim }: RecordLine, known: Known): Place {
  if (claim === undefined || known.start < claim.checkedTo) return "repeated";
  return known.token === tokenOf(claim) ? "repeated" : "lost";
}

/** Some lines. Of one alone nothing is kept but itself, for mostly it stays alone. */
class Group {
  #first: RecordLine | undefined;
  readonly #known = new Map<string, Known>();

  static of(lines: Iterable<RecordLine>): Group {
    const group = new Group();
    for (const line of lines) group.add(line);
    return group;
  }

  /** Forgets all others. */
  beginWith(line: RecordLine): void {
    this.#first = line;
    if (this.#known.size > 0) this.#known.clear();
  }

  /** Adds a line unless one of its key is there. @returns that one. */
  add(line: RecordLine): Known | undefined {
    const first = this.#first;
    this.#first = undefined;
    if (first !== undefined) this.add(first);
    const key = keyOf(line);
    const known = this.#known.get(key);
    if (known === undefined) this.#known.set(key, knownOf(line));
    return known;
  }
}
