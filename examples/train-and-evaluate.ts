// Fetches a data set, trains a small network on some of its images, evaluates it, and loads it. Everything is kept in a
// temporary folder, which is deleted at the end.
//
//   node examples/train-and-evaluate.ts [URL or path of EMNIST's zip archive]

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { evaluate, fetchDatasets, listModels, loadRecognizer, train } from 'emnist-tui';

const [archive] = process.argv.slice(2);
const dataDir = await mkdtemp(path.join(tmpdir(), 'emnist-example-'));
try {
  // A run can be awaited for its result ...
  const [digits] = await fetchDatasets({ splits: ['digits'], from: archive, dataDir });
  console.log(`fetched ${digits?.trainImages} training images`);

  // ... or iterated for its events.
  const name = 'my-digits';
  for await (const event of train({ split: 'digits', architecture: 'cnn', epochs: 3, limit: 2000, name, dataDir })) {
    if (event.event !== 'epoch') continue;
    console.log(`epoch ${event.epoch}: validation accuracy ${event.validationAccuracy.toFixed(3)}`);
  }

  const { accuracy, images } = await evaluate({ split: 'digits', model: name, limit: 1000, dataDir });
  console.log(`accuracy ${accuracy.toFixed(3)} on ${images} test images`);

  const models = await listModels({ dataDir });
  console.log(`models: ${models.map(({ name }) => name).join(', ')}`);

  const recognizer = await loadRecognizer({ model: name, dataDir });
  console.log(`"${recognizer.model}" recognizes ${recognizer.labels.join('')}`);
  await recognizer.close();
} finally {
  await rm(dataDir, { recursive: true });
}
