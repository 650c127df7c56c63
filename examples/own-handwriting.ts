import type { Drawing } from 'emnist-tui';
import {
  addSample,
  chooseDefaultModel,
  learn,
  listModels,
  listSamples,
  loadRecognizer,
  removeSample,
} from 'emnist-tui';

// An arrow, which the included model does not know. No two drawings are the same.
const arrow = (height: number): Drawing => [
  [
    [0, height],
    [100, height],
  ],
  [
    [70, 0],
    [100, height],
    [70, 2 * height],
  ],
];

// A recognizer takes samples into account immediately, until it is closed.
{
  await using recognizer = await loadRecognizer();
  await recognizer.learn([20, 25, 30].map((height) => ({ label: '→', strokes: arrow(height) })));
  const [best] = await recognizer.recognizeStrokes(arrow(28));
  console.log('read as', best?.label);
}

// The samples of the user are kept, and learn() makes a model that reads them.
for (let height = 15; height < 35; height++) await addSample({ label: '→', strokes: arrow(height) });
const [first] = await listSamples();
if (first) await removeSample(first.id);
console.log((await listSamples()).length, 'samples');

// The shares are of samples that it does not learn from.
const { accepted, model, from, own } = await learn({ epochs: 2 });
console.log(accepted ? `${model} reads a share of ${own.after} instead of ${own.before}` : 'not accepted');
const names = async () =>
  (await listModels())
    .filter((model) => model.default)
    .map(({ name }) => name)
    .join();
console.log('default model:', await names());

// Back to the model that it started from.
await chooseDefaultModel(from);
console.log('default model:', await names());
