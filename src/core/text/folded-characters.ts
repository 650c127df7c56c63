import { TEXT_CHARACTERS, TEXT_CLASSES } from './text-characters.ts';

/**
 * The characters without the difference between capital and small letters: the classes in which words are searched. Letters come
 * first, then digits, marks, the space, and, as the last class, the blank.
 */
export const FOLDED_CHARACTERS: readonly string[] = [...new Set(TEXT_CHARACTERS.map((each) => each.toLowerCase()))];
export const FOLDED_CLASSES = FOLDED_CHARACTERS.length + 1;
export const FOLDED_SPACE = FOLDED_CHARACTERS.indexOf(' ');
export const FOLDED_BLANK = FOLDED_CLASSES - 1;

/** The folded class of each class of the network, the blank included. */
export const FOLD: Uint8Array = Uint8Array.from({ length: TEXT_CLASSES }, (_, index) =>
  index === TEXT_CLASSES - 1 ? FOLDED_BLANK : FOLDED_CHARACTERS.indexOf(TEXT_CHARACTERS[index]!.toLowerCase()),
);

/** The classes of the network for each folded class; both are the same for what is no letter. */
export const CAPITAL: Uint8Array = classesOf((each) => each.toUpperCase());
export const SMALL: Uint8Array = classesOf((each) => each);

function classesOf(change: (character: string) => string): Uint8Array {
  const classes = FOLDED_CHARACTERS.map((each) => TEXT_CHARACTERS.indexOf(change(each)));
  return Uint8Array.from([...classes, TEXT_CLASSES - 1]);
}

export const LETTERS = 26;
export const DIGITS_END = LETTERS + 10;

const CLASS_OF = new Map(FOLDED_CHARACTERS.map((character, index) => [character, index]));

/** The folded classes of a word, or null if it has a space or a character that the network does not read. */
export function foldedClasses(word: string): Uint8Array | null {
  const small = word.toLowerCase();
  const classes = new Uint8Array(small.length);
  for (let index = 0; index < small.length; index++) {
    const found = CLASS_OF.get(small[index]!);
    if (found === undefined || found === FOLDED_SPACE) return null;
    classes[index] = found;
  }
  return classes;
}
