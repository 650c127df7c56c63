import { pick } from './pick.ts';

/** The shares of texts that are not words of the lexicon, and of what may be added to a word. */
const STRING = 0.25;
const MARKED = 0.2;

const DIGITS = '0123456789';
const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = UPPER.toLowerCase();

/** A word of the lexicon, in small letters, capitalized, or in capitals, some with punctuation; or a number, code, or the like. */
export function randomText(lexicon: readonly string[], random: () => number): string {
  if (random() < STRING) return randomString(random);
  const word = lexicon[Math.floor(random() * lexicon.length)]!;
  const style = random();
  const cased = style < 0.72 ? word : style < 0.88 ? word[0]!.toUpperCase() + word.slice(1) : word.toUpperCase();
  if (random() >= MARKED) return cased;
  return pick(
    [
      ...['.', ',', '?', '!', ':', ';', '.', ','].map((mark) => () => `${cased}${mark}`),
      () => `"${cased}"`,
      () => `(${cased})`,
      () => `${cased}'s`,
      () => `'${cased}'`,
      () => `${cased}-${lexicon[Math.floor(random() * lexicon.length)]!.slice(0, 6)}`,
      () => `${cased}*`,
    ],
    random,
  )();
}

function randomString(random: () => number): string {
  const some = (alphabet: string, least: number, most: number) =>
    Array.from({ length: least + Math.floor(random() * (most - least + 1)) }, () => pick([...alphabet], random)).join(
      '',
    );
  return pick(
    [
      () => some(DIGITS, 1, 6),
      () => some(DIGITS, 1, 4),
      () => `${some(DIGITS, 1, 3)}.${some(DIGITS, 1, 2)}`,
      () => `${some(DIGITS, 1, 3)},${some(DIGITS, 3, 3)}`,
      () => `$${some(DIGITS, 1, 3)}.${some(DIGITS, 2, 2)}`,
      () => `${some(DIGITS, 1, 3)}%`,
      () => `#${some(DIGITS, 1, 3)}`,
      () => `${some(DIGITS, 1, 2)}:${some(DIGITS, 2, 2)}`,
      () => `${some(DIGITS, 1, 2)}/${some(DIGITS, 1, 2)}`,
      () => `${some(DIGITS, 3, 3)}-${some(DIGITS, 4, 4)}`,
      () => `(${some(DIGITS, 3, 3)})`,
      () => `${some(DIGITS, 1, 2)}${pick(['+', '-', '=', '*', '/'], random)}${some(DIGITS, 1, 2)}`,
      () => `${some(LOWER, 2, 5)}@${some(LOWER, 2, 4)}.${some(LOWER, 2, 3)}`,
      () => `${some(UPPER, 1, 3)}${some(DIGITS, 1, 4)}`,
      () => some(UPPER + DIGITS, 3, 7),
      () => some(UPPER, 1, 4),
      () => some(LOWER, 1, 6),
      () => some(UPPER + LOWER + DIGITS, 2, 6),
      () => some(UPPER + LOWER, 1, 1),
      () => `${some(UPPER, 1, 1)}.${some(UPPER, 1, 1)}.`,
      () => `${some(UPPER, 1, 1)}&${some(UPPER, 1, 1)}`,
      () => some('.,!?"+=/()&@#$%:;*\'-', 1, 1),
    ],
    random,
  )();
}
