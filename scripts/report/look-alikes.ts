import { classCharacters } from '../../src/core/labels.ts';
import { accuracyOf, type Reading } from './readings.ts';

/**
 * Characters that have the same shape in many hands, so that only the word or the field around them tells which is meant: they
 * are drawn with the same strokes, and differ only in roundness (5 and S), in height (0, O, and o), or in where they stand on
 * the line (9 and g), which an image of one character does not show. This list was made by looking at the shapes, not at what
 * the model confuses: a round and a pointed form (U and V), or a stroke more (E and F), do not belong in it.
 */
export const LOOK_ALIKES: readonly string[] = ['0Oo', '1Iil', '9gq', 'Ff', '5Ss', '2Zz', '6b'];

/** How much of what is wrong is confused look-alikes. */
export interface LookAlikeCount {
  characters: number;
  accuracy: number;
  /** Accuracy if an answer that looks like the true character counts as right. */
  accuracyAsOne: number;
  /** The share of the mistakes that are among look-alikes; NaN without mistakes. */
  shareOfMistakes: number;
  /** Mistakes within each group, in the order of `LOOK_ALIKES`. */
  mistakes: number[];
}

/** Counts look-alikes among the readings of a model with these labels. */
export function countLookAlikes(readings: readonly Reading[], labels: readonly string[]): LookAlikeCount {
  const mistakes = readings.filter(({ isRight }) => !isRight);
  const within = mistakes.filter(({ truth, answer }) => areLookAlikes(truth, answer, labels));
  return {
    characters: readings.length,
    accuracy: accuracyOf(readings),
    accuracyAsOne: (readings.length - mistakes.length + within.length) / readings.length,
    shareOfMistakes: within.length / mistakes.length,
    mistakes: LOOK_ALIKES.map((_, group) => within.filter(({ truth }) => groupOf(truth, labels) === group).length),
  };
}

/** Whether two classes of a model with these labels look alike. */
export function areLookAlikes(one: string, other: string, labels: readonly string[]): boolean {
  const group = groupOf(one, labels);
  return group !== null && group === groupOf(other, labels);
}

/** The labels of a model's classes in a group. */
export function labelsInGroup(group: number, labels: readonly string[]): string[] {
  return labels.filter((label) => groupOf(label, labels) === group);
}

/** The group of a class, which a merged class belongs to if one of its two characters does; null if it is in none. */
function groupOf(label: string, labels: readonly string[]): number | null {
  const characters = classCharacters(label, labels);
  const index = LOOK_ALIKES.findIndex((group) => characters.some((character) => group.includes(character)));
  return index < 0 ? null : index;
}
