/** The most characters that a label may have, as people count them. */
export const MAX_LABEL_CHARACTERS = 8;
/** The most classes that a data set or model may have: class indices are bytes. */
export const MAX_CLASSES = 256;

/** A character with many combining marks would otherwise be as long as it likes. */
const MAX_LABEL_UNITS = 64;
const segmenter = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** The characters of a text as people count them: an emoji or a letter with its accents is one. */
export function charactersOf(text: string): string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** How many characters a text has, as people count them. */
export function characterCount(text: string): number {
  return charactersOf(text).length;
}

/** A text in the form that labels are compared and stored in: NFC, without blanks around it. */
export function normalizeLabel(text: string): string {
  return text.normalize('NFC').trim();
}

/** Why a normalized text cannot be a label; null if it can. */
export function labelProblem(label: string): 'empty' | 'long' | 'control' | null {
  if (label === '') return 'empty';
  if (/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u.test(label)) return 'control';
  return label.length > MAX_LABEL_UNITS || characterCount(label) > MAX_LABEL_CHARACTERS ? 'long' : null;
}

/** The rule that a label with this problem breaks, to follow "a label has"; empty for an empty label. */
export function labelRule(problem: ReturnType<typeof labelProblem>): string {
  if (problem === 'long') return `at most ${MAX_LABEL_CHARACTERS} characters`;
  return problem === 'control' ? 'visible characters only' : '';
}

/** The order of classes: numbers by their value, then other texts by code points, as in EMNIST (`0-9A-Za-z`). */
export function compareLabels(a: string, b: string): number {
  const [numberA, numberB] = [a, b].map((label) => (/^\d{1,8}$/.test(label) ? Number(label) : null));
  if (numberA !== null && numberB !== null && numberA !== numberB) return numberA! - numberB!;
  if ((numberA === null) !== (numberB === null)) return numberA === null ? 1 : -1;
  return a < b ? -1 : a > b ? 1 : 0;
}
