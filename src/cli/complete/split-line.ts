/**
 * The words of a command line as a shell would see them, with quotes and backslashes removed; the last one is
 * that at the cursor, and empty behind a blank. Nothing is expanded: `$HOME` and `$(…)` stay as they were typed.
 * The name of the program, and assignments before it, are left out.
 */
export function splitLine(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  for (const [part, single, double, escaped] of line.matchAll(PART)) {
    if (/^\s/.test(part)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + (single ?? double?.replace(/\\([\\"$`])/g, "$1") ?? escaped ?? part);
    }
  }
  words.push(word ?? "");
  return words.slice(words.findIndex((each) => !ASSIGNMENT.test(each)) + 1);
}

/** White space, or a piece of a word: in quotes, which may be open yet, behind a backslash, or plain. */
const PART = /\s+|'([^']*)'?|"((?:\\[\s\S]|[^"\\])*)\\?"?|\\([\s\S]?)|[^\s'"\\]+/g;
const ASSIGNMENT = /^[A-Za-z_]\w*=/;
