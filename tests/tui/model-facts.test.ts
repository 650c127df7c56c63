import { expect, test } from 'vitest';
import { entryFacts, keptText } from '../../src/tui/screens/models/model-facts.ts';
import { fakeEvaluation, fakeModel, fakeRecord, fakeUnfinishedRun } from '../helpers/fake-status.ts';

const recipe = (patience: number) => ({ ...fakeRecord().recipe, patience });

test.each([
  [{ epochs: 10, epochsAsked: 10, keptEpoch: 10 }, 'epoch 10 of 10: last epoch'],
  [{ epochs: 3, epochsAsked: 10, keptEpoch: 3 }, 'epoch 3 of 10: last completed epoch'],
  [{ epochs: 12, keptEpoch: 7, recipe: recipe(6) }, 'epoch 7 of 12: best validation accuracy'],
  [
    { epochs: 12, epochsAsked: 30, keptEpoch: 7, stoppedEarly: true, recipe: recipe(5) },
    'epoch 7 of 12: best validation accuracy; stopped early after 5 epochs without a better one',
  ],
  [
    { epochs: 2, epochsAsked: 30, keptEpoch: 1, stoppedEarly: true, recipe: recipe(1) },
    'epoch 1 of 2: best validation accuracy; stopped early after 1 epoch without a better one',
  ],
])('says which epoch was kept, and why', (fields, text) => {
  expect(keptText(fakeRecord(fields))).toBe(text);
});

function factsOf(...[entry]: Parameters<typeof entryFacts>): Record<string, string> {
  return Object.fromEntries(entryFacts(entry).map(({ name = 'text', text }) => [name, text]));
}

test('says what a model was trained on, and with which settings', () => {
  const model = fakeModel({
    training: {
      ...{ parent: 'shipped', limit: 5000, samples: 14, strokeImages: 300, rejectImages: 700, seed: 3 },
      recipe: { ...recipe(0), weightDecay: 0.02, augment: 0.7 },
    },
  });
  expect(factsOf({ name: model.name, model })).toMatchObject({
    'Trained on':
      'balanced: 76,072 images, 300 of them drawings, 14 samples of yours, 700 of no character in addition, ' +
      '8,452 held out, limited to 5,000, seed 3',
    From: 'shipped',
    Recipe: 'adam, learning rate 0.001 (constant), batches of 128, weight decay 0.02, augmentation 0.7',
    Network: 'cnn, 440,751 parameters, 47 classes',
    Time: '3m for 10 epochs, until 2026-03-01',
  });
});

test('each accuracy says what it was measured on', () => {
  const model = fakeModel({
    evaluations: [
      fakeEvaluation(),
      fakeEvaluation({ split: 'digits', part: 'train', characters: '0123', images: 9 }),
      fakeEvaluation({ split: null, part: null, strokes: '/data/mine.jsonl', images: 14 }),
    ],
  });
  const texts = entryFacts({ name: model.name, model }).slice(0, 3);
  expect(texts).toEqual([
    { name: 'Test', text: '86.3% of 18,800 test images, 2026-03-03' },
    { name: '', text: '86.3% of 9 training images of digits, only 0123, 2026-03-03' },
    { name: '', text: '86.3% of 14 drawings of mine.jsonl, 2026-03-03' },
  ]);
});

test('of a run without a model, and of a model that cannot be used, says what there is', () => {
  const run = fakeUnfinishedRun({ name: 'begun', epochsDone: 1 });
  expect(factsOf({ name: 'begun', run })).toEqual({
    text: 'No model yet.',
    Training: 'It was interrupted after 1 of 10 epochs. Press r to resume it.',
  });
  expect(factsOf({ name: 'broken', problem: 'it is not JSON' })).toEqual({
    text: 'broken cannot be used: it is not JSON',
  });
});
