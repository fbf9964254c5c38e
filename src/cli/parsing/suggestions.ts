import { closestMatch } from "leven";

/** The one of some words that somebody may have meant who typed another: it differs in a letter or two. */
export function closest(word: string, words: readonly string[]): string | undefined {
  const sameLetters = words.find((each) => each.toLowerCase() === word.toLowerCase());
  return sameLetters ?? closestMatch(word, words, { maxDistance: word.length > 3 ? 2 : 1 });
}

/** The hint that names what was meant. */
export function didYouMean(meant: string): string {
  return `did you mean ${meant}?`;
}
