import type { Split } from '../../src/core/dataset/splits.ts';
import { evaluate } from '../../src/core/evaluation/evaluate.ts';
import type { EvaluateEvent } from '../../src/core/evaluation/evaluate-event.ts';
import type { Prior } from '../../src/core/evaluation/evaluate-options.ts';
import { type EvaluationImages, readEvaluationImages } from '../../src/core/evaluation/evaluation-images.ts';
import { shareClasses } from '../../src/core/evaluation/shared-classes.ts';
import { IMAGE_PIXELS } from '../../src/core/images/image-size.ts';
import type { Model } from '../../src/core/model/model.ts';
import { loadModel } from '../../src/core/model/model-store.ts';
import type { Paths } from '../../src/core/paths.ts';
import { createRecognizer } from '../../src/core/recognizer/recognizer.ts';

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

/** The results of `evaluate` and of `predict`, which has no prior, on a test set. */
export interface Measured {
  set: TestSet;
  evaluation: Extract<EvaluateEvent, { event: 'end' }>;
  /** Share of the images that `predict`, restricted to the set's characters, recognizes. */
  predictAccuracy: number;
  mistakes: Mistake[];
}

export interface Mistake {
  /** Bytes, upright, [784]. */
  image: Uint8Array;
  truth: string;
  predicted: string;
  /** Probability of the wrong answer. */
  probability: number;
}

/** Evaluates a model on a test set and collects the mistakes of `predict`, most confident first. */
export async function measure(set: TestSet, model: string, paths: Paths): Promise<Measured> {
  const { split, strokes, characters, prior } = set;
  let evaluation: Measured['evaluation'] | undefined;
  for await (const event of evaluate({ split, part: 'test', strokes, characters, prior, model, paths })) {
    if (event.event === 'end') evaluation = event;
  }
  const data = await readEvaluationImages({ split, part: 'test', strokes, characters }, paths);
  const mistakes = await mistakesOf(data, await loadModel(model, paths));
  return { set, evaluation: evaluation!, predictAccuracy: 1 - mistakes.length / data.count, mistakes };
}

async function mistakesOf(data: EvaluationImages, model: Model): Promise<Mistake[]> {
  const { labels, truth, answers } = shareClasses(data.classLabels, model.labels);
  const recognizer = await createRecognizer(model, { threads: 'all' });
  try {
    const characters = answers
      .flat()
      .map((column) => model.labels[column]!)
      .join('');
    const best = await recognizer.recognize(data.images, { top: 1, characters });
    const mistakes: Mistake[] = [];
    best.forEach(({ predictions: [answer] }, index) => {
      const meant = truth[data.labels[index]!]!;
      if (answers[meant]!.includes(model.labels.indexOf(answer!.label))) return;
      mistakes.push({
        image: data.images.subarray(index * IMAGE_PIXELS, (index + 1) * IMAGE_PIXELS),
        truth: labels[meant]!,
        predicted: answer!.label,
        probability: answer!.probability,
      });
    });
    return mistakes.sort((a, b) => b.probability - a.probability);
  } finally {
    await recognizer.dispose();
  }
}
