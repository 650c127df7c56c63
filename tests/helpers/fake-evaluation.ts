import type { EvaluateEvent } from '../../src/core/evaluation/evaluate-event.ts';
import type { Mistake } from '../../src/core/evaluation/mistake.ts';
import { hash32 } from '../../src/core/random.ts';
import { glyphImage } from './archive.ts';

export const BALANCED = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt'];
const IMAGES = 400;
/** What is confused most, in both directions. */
const LOOK_ALIKES = ['0O', '1I', 'IL', '1L', '9g', '9q', 'gq', '5S', '2Z', 'Ff', '6b', '4A', 'Tt', 'nN'];

export type EvaluationEnd = Extract<EvaluateEvent, { event: 'end' }>;

/** The result of an evaluation whose figures agree with each other. */
export function fakeEvaluation(labels: readonly string[] = BALANCED): EvaluationEnd {
  const counts = new Map<string, number>();
  const add = (truth: number, guess: number, count: number) => {
    const pair = `${truth} ${guess}`;
    if (truth >= 0 && guess >= 0 && truth !== guess) counts.set(pair, (counts.get(pair) ?? 0) + count);
  };
  LOOK_ALIKES.forEach(([one, other], index) => {
    const [a, b] = [labels.indexOf(one!), labels.indexOf(other!)];
    add(a, b, 160 - 11 * index);
    add(b, a, 90 - 5 * index);
  });
  for (const truth of labels.keys()) {
    for (let k = 0; k < 4; k++) add(truth, hash32(truth, k) % labels.length, 1 + (hash32(truth, k, 1) % 5));
  }
  const confusions = [...counts]
    .map(([pair, count]) => {
      const [truth, predicted] = pair.split(' ').map((index) => labels[Number(index)]!) as [string, string];
      return { truth, predicted, count };
    })
    .sort((a, b) => b.count - a.count);
  const perClass = labels.map((label) => {
    const errors = confusions.filter(({ truth }) => truth === label).reduce((sum, { count }) => sum + count, 0);
    return { label, images: IMAGES, accuracy: (IMAGES - errors) / IMAGES };
  });
  return {
    ...{ event: 'end', split: 'balanced', part: 'test', model: 'balanced-cnn', images: IMAGES * labels.length },
    accuracy: perClass.reduce((sum, { accuracy }) => sum + accuracy, 0) / labels.length,
    ...{ top5Accuracy: 0.9892, loss: 0.4128, calibrationError: 0.0123, prior: 'uniform' },
    perClass,
    confusions,
  };
}

/** The misread images of a result. */
export function fakeMistakes({ confusions }: EvaluationEnd, labels: readonly string[] = BALANCED): Mistake[] {
  return confusions.flatMap(({ truth, predicted, count }, pair) =>
    Array.from({ length: count }, (_, number): Mistake => {
      const sure = 0.95 - number / (2 * count);
      const others = labels.filter((label) => label !== truth && label !== predicted).slice(pair % 5, (pair % 5) + 3);
      const rest = 1 - sure;
      return {
        index: 47 * number + pair,
        ...{ truth, guess: predicted },
        predictions: [predicted, truth, ...others].map((label, rank) => ({
          label,
          probability: rank === 0 ? sure : (rest * 0.5) / 2 ** (rank - 1),
        })),
        image: glyphImage(labels.indexOf(truth), 100 + number),
      };
    }),
  );
}

/** Training images that resemble others. */
export function fakeNeighbors(label: string): Uint8Array[] {
  return Array.from({ length: 6 }, (_, number) => glyphImage(BALANCED.indexOf(label), number));
}
