import { compareLabels } from '../label-text.ts';
import { classCharacters, classIndex } from '../labels.ts';
import type { Sample } from './sample.ts';

/** What decides how useful it is to practice a label. */
interface Experience {
  samples: number;
  /** How often it was taken for another one, or another one for it. */
  confusions: number;
}

/**
 * The characters to ask for in practice, the most useful first: those that are rare among the samples, and those that were
 * confused most in this hand. They are the characters that the classes `labels` stand for (both cases of a merged class),
 * and the user's own signs. The order depends only on the arguments.
 */
export function practiceOrder(
  labels: readonly string[],
  samples: readonly Pick<Sample, 'label' | 'origin' | 'readAs'>[],
): string[] {
  const experience = new Map<string, Experience>();
  const of = (character: string) => {
    const known = experience.get(character) ?? { samples: 0, confusions: 0 };
    experience.set(character, known);
    return known;
  };
  for (const label of labels) for (const character of classCharacters(label, labels)) of(character);
  for (const { label } of samples) of(label).samples++;
  for (const { label, origin, readAs } of samples) {
    if (origin !== 'corrected' || readAs === undefined || isSameClass(label, readAs, labels)) continue;
    of(label).confusions++;
    // Another model may have had labels that are not asked for.
    if (experience.has(readAs)) of(readAs).confusions++;
  }
  return [...experience]
    .map(([character, { samples, confusions }]) => ({ character, need: (confusions + 1) / (samples + 1) }))
    .sort((a, b) => b.need - a.need || compareLabels(a.character, b.character))
    .map(({ character }) => character);
}

function isSameClass(a: string, b: string, labels: readonly string[]): boolean {
  return a === b || (classIndex(a, labels) >= 0 && classIndex(a, labels) === classIndex(b, labels));
}
