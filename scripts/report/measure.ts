import type { Split } from '../../src/core/dataset/splits.ts';
import { evaluate } from '../../src/core/evaluation/evaluate.ts';
import type { EvaluateEvent } from '../../src/core/evaluation/evaluate-event.ts';
import type { Prior } from '../../src/core/evaluation/evaluate-options.ts';
import { readEvaluationImages } from '../../src/core/evaluation/evaluation-images.ts';
import { loadModel } from '../../src/core/model/model-store.ts';
import type { Paths } from '../../src/core/paths.ts';
import type { Recognizer } from '../../src/core/recognizer/recognizer.ts';
import { imageAt } from './labeled-images.ts';
import { accuracyOf, type Reading, readImages } from './readings.ts';

/** A test set and how to evaluate on it. */
export interface TestSet {
  /** Display name, in Markdown. */
  title: string;
  /** Name for files. */
  name: string;
  split: Split;
  /** A stroke file to use instead of the split. */
  strokes?: string;
  characters: string;
  prior: Prior;
}

/** The results of `evaluate` and of `predict`, which assumes equally likely characters, on a test set. */
export interface Measured {
  set: TestSet;
  evaluation: Extract<EvaluateEvent, { event: 'end' }>;
  /** Share of the images that `predict`, restricted to the set's characters, recognizes. */
  predictAccuracy: number;
  mistakes: Mistake[];
}

export interface Mistake extends Reading {
  /** Bytes, upright, [784]. */
  image: Uint8Array;
}

/** Evaluates a model on a test set and collects the mistakes of `predict`, most confident first. */
export async function measure(set: TestSet, name: string, recognizer: Recognizer, paths: Paths): Promise<Measured> {
  const { split, strokes, characters, prior } = set;
  const model = await loadModel(name, paths);
  let evaluation: Measured['evaluation'] | undefined;
  for await (const event of evaluate({ split, part: 'test', strokes, characters, prior, model, paths })) {
    if (event.event === 'end') evaluation = event;
  }
  const data = await readEvaluationImages({ split, part: 'test', strokes, characters }, paths);
  const { readings } = await readImages(recognizer, data);
  const mistakes = readings
    .map((reading, index) => ({ ...reading, image: imageAt(data.images, index) }))
    .filter(({ isRight }) => !isRight)
    .sort((a, b) => b.probability - a.probability);
  return { set, evaluation: evaluation!, predictAccuracy: accuracyOf(readings), mistakes };
}
