import path from 'node:path';
import type { EvaluatedSource } from '../core/evaluation/evaluate-event.ts';

/** What was evaluated, in words: `the test part of balanced`, or the name of a stroke file. */
export function sourceName({ split, part, strokes }: EvaluatedSource): string {
  return strokes === undefined ? `the ${part} part of ${split}` : path.basename(strokes);
}
