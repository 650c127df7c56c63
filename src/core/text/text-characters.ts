/**
 * The characters that the word network reads, in the order of its classes: a label file of the model repeats them. The class
 * after the last one is the blank of connectionist temporal classification.
 */
export const TEXT_CHARACTERS: readonly string[] = [
  ...'ABCDEFGHIJKLMNOPQRSTUVWXYZ',
  ...'abcdefghijklmnopqrstuvwxyz',
  ...'0123456789',
  ...'\'-.,!?"+=/()&@#$%:;*',
  ' ',
];

/** The outputs of the word network: the characters, and the blank, which is the last. */
export const TEXT_CLASSES = TEXT_CHARACTERS.length + 1;

const CLASS_OF = new Map(TEXT_CHARACTERS.map((character, index) => [character, index]));

/** The classes of a text, or null if it has a character that the network does not read. */
export function textClasses(text: string): Uint8Array | null {
  const classes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const found = CLASS_OF.get(text[index]!);
    if (found === undefined) return null;
    classes[index] = found;
  }
  return classes;
}
