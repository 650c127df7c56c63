import type { EvaluateEvent } from '../../../core/evaluation/evaluate-event.ts';
import type { Mistake } from '../../../core/evaluation/mistake.ts';

/** A finished evaluation. */
export interface Evaluation {
  readonly end: Extract<EvaluateEvent, { event: 'end' }>;
  /** Misread images that were kept, those first in which the model was surest of its wrong answer. */
  readonly mistakes: readonly Mistake[];
}

/** Some mistakes of an evaluation: all of a class or, with a guess, those of a confusion. */
export interface MistakeChoice {
  readonly evaluation: Evaluation;
  readonly truth: string;
  readonly guess: string | null;
}

/** The chosen mistakes that were kept, and how many there were. */
export function chosenMistakes({ evaluation, truth, guess }: MistakeChoice): {
  mistakes: readonly Mistake[];
  total: number;
} {
  const isChosen = (ofTruth: string, ofGuess: string) => ofTruth === truth && (guess === null || ofGuess === guess);
  return {
    mistakes: evaluation.mistakes.filter((mistake) => isChosen(mistake.truth, mistake.guess)),
    total: evaluation.end.confusions
      .filter(({ truth: ofTruth, predicted }) => isChosen(ofTruth, predicted))
      .reduce((sum, { count }) => sum + count, 0),
  };
}
