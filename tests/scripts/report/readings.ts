import type { Reading } from '../../../scripts/report/readings.ts';

/** A reading of `truth` as `answer`, or as itself. */
export function reading(truth: string, answer = truth): Reading {
  return { truth, answer, probability: 0.9, isRight: truth === answer, noCharacter: null };
}
