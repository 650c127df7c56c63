import type { ClassAccuracy, Confusion } from '../../../core/evaluation/evaluate-event.ts';
import type { Evaluation, MistakeChoice } from './evaluation.ts';

/** A class, with how many of its images were misread. */
export interface ClassErrors {
  readonly label: string;
  readonly errors: number;
  readonly images: number;
}

/** The two lists of a result, and where the cursor is in each. */
export interface ResultLists {
  readonly focus: 'classes' | 'confusions';
  /** Indices of the selected rows. */
  readonly classes: number;
  readonly confusions: number;
}

export type ResultAction =
  | { type: 'move'; by: number }
  | { type: 'switch' }
  | { type: 'select'; list: ResultLists['focus']; index: number };

export const INITIAL_LISTS: ResultLists = { focus: 'classes', classes: 0, confusions: 0 };

/** `lengths`: of both lists. An empty list never has the focus. */
export function reduceLists(
  lists: ResultLists,
  action: ResultAction,
  lengths: Readonly<Record<ResultLists['focus'], number>>,
): ResultLists {
  const { focus } = lists;
  if (action.type === 'select') return { ...lists, focus: action.list, [action.list]: action.index };
  if (action.type === 'move') {
    const last = Math.max(0, lengths[focus] - 1);
    return { ...lists, [focus]: Math.min(last, Math.max(0, lists[focus] + action.by)) };
  }
  const other = focus === 'classes' ? 'confusions' : 'classes';
  return lengths[other] === 0 ? lists : { ...lists, focus: other };
}

/**
 * The classes with the largest shares of errors, largest first, and the confusions, most frequent first. Classes without errors are left
 * out, and so are those that the model lacks, with all of their images misread.
 */
export function errorLists({ end }: Pick<Evaluation, 'end'>): { classes: ClassErrors[]; confusions: Confusion[] } {
  const isKnown = (label: string) => !end.unknownLabels?.includes(label);
  return {
    classes: end.perClass
      .filter(({ label }) => isKnown(label))
      .map(classErrors)
      .filter(({ errors }) => errors > 0)
      .sort((a, b) => b.errors / b.images - a.errors / a.images || b.images - a.images),
    confusions: end.confusions.filter(({ truth }) => isKnown(truth)),
  };
}

function classErrors({ label, images, accuracy }: ClassAccuracy): ClassErrors {
  return { label, images, errors: Math.round(images * (1 - accuracy)) };
}

/** The mistakes of the selected row; null if there is none. */
export function selectedMistakes(evaluation: Evaluation, lists: ResultLists): MistakeChoice | null {
  const { classes, confusions } = errorLists(evaluation);
  if (lists.focus === 'classes') {
    const selected = classes[lists.classes];
    return selected ? { evaluation, truth: selected.label, guess: null } : null;
  }
  const selected = confusions[lists.confusions];
  return selected ? { evaluation, truth: selected.truth, guess: selected.predicted } : null;
}
