import { closestMatch } from "leven";

/** The one of some words that somebody may have meant who typed another: it differs in a letter or two. */
export function closest(word: string, words: readonly string[]): string | undefined {
  const sameLetters = words.find((each) => each.toLowerCase() === word.toLowerCase());
  return sameLetters ?? closestMatch(word, words, { maxDistance: word.length > 4 ? 2 : 1 });
}

/** The hint that names the {@link closest} one, if there is one. */
export function didYouMean(word: string, words: readonly string[]): string | undefined {
  const meant = closest(word, words);
  return meant === undefined ? undefined : `did you mean ${meant}?`;
}
