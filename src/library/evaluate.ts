import type { EvaluateEvent } from '../core/evaluation/evaluate-event.ts';
import { resolvePaths } from '../core/paths.ts';
import type { Home } from './home.ts';
import type { EvaluateSettings } from './options.ts';
import { createRun, type Run } from './run.ts';

export interface EvaluateOptions extends Home, EvaluateSettings {
  /** Stops the work; the run throws the signal's reason. */
  signal?: AbortSignal;
}

/** Accuracy, loss and confusions of a model. */
export type EvaluateResult = Extract<EvaluateEvent, { event: 'end' }>;

/**
 * Measures how well a model reads labeled images: by default the test part of a split, which training never uses. Events:
 * `start`, `progress` and `end`. Result: the `end` event. Throws `dataset-missing` when the split was not fetched.
 *
 * @example
 * const { accuracy, confusions } = await evaluate({ split: 'digits', model: 'my-digits' });
 * console.log(accuracy, confusions[0]);
 */
export function evaluate(options: EvaluateOptions = {}): Run<EvaluateEvent, EvaluateResult> {
  return createRun(() => evaluateEvents(options));
}

async function* evaluateEvents(options: EvaluateOptions): AsyncGenerator<EvaluateEvent, EvaluateResult, void> {
  const { dataDir, signal, ...rest } = options;
  const { evaluate: run } = await import('../app/evaluate.ts');
  for await (const event of run(rest, { paths: resolvePaths(dataDir), signal })) {
    yield event;
    if (event.event === 'end') return event;
  }
  throw new Error('the evaluation ended without a result');
}
