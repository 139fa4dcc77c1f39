import { fraction, hash32 } from "../../components/matrix/stable-hash";

/** A number from 0 up to 1 that the seed and the words decide, in whatever order they are asked for. */
export function chance(seed: string, ...words: readonly (string | number)[]): number {
  return fraction(hash32([seed, ...words].join("\n")));
}

/** The items in an order that the seed and the words decide. */
export function shuffled<T extends string>(items: readonly T[], seed: string, ...words: readonly string[]): T[] {
  const place = (item: T) => chance(seed, ...words, item);
  return [...items].sort((a, b) => place(a) - place(b));
}

/** A time to the next of events that come at random, `mean` apart (exponential). */
export function waitingTime(mean: number, seed: string, ...words: readonly (string | number)[]): number {
  return -mean * Math.log(1 - chance(seed, ...words));
}
