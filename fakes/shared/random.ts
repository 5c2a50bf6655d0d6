import { randomInt } from "node:crypto";

/** The chance a fake gateway works with: seeded, so that a failing run can be repeated key for key. */
export type Random = {
  /** `length` characters of 0-9 A-Z a-z. */
  text(length: number): string;
  /** `length` characters of 0-9 a-f. */
  hexadecimal(length: number): string;
  /** `length` decimal digits. */
  digits(length: number): string;
};

const letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * Makes a random source. Without a seed each start differs, because keys must stay unique over restarts on one book.
 * The generator is mulberry32: small, fast and good enough for keys that nobody has to guess.
 */
export function createRandom(seed: number = randomInt(2 ** 31)): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const pick = (alphabetLength: number, length: number): string => {
    let text = "";
    for (let index = 0; index < length; index += 1) text += letters[Math.floor(next() * alphabetLength)];
    return text;
  };
  return {
    text: (length) => pick(62, length),
    digits: (length) => pick(10, length),
    hexadecimal: (length) => pick(16, length).toLowerCase(),
  };
}
