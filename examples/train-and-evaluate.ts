// Fetches a data set, trains a small network on some of its images, measures it and reads with it. Everything is kept in
// a temporary folder, which is removed in the end.
//
//   node examples/train-and-evaluate.ts [URL or file of EMNIST's zip archive]

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { evaluate, fetchDatasets, loadRecognizer, train } from 'emnist-tui';

const [archive] = process.argv.slice(2);
const dataDir = await mkdtemp(path.join(tmpdir(), 'emnist-example-'));
try {
  for await (const event of fetchDatasets({ splits: ['digits'], from: archive, dataDir })) {
    if (event.event === 'end') console.log(`fetched ${event.trainImages} training images`);
  }

  const name = 'my-digits';
  const options = { split: 'digits', architecture: 'cnn', epochs: 3, limit: 2000, name, dataDir } as const;
  // Stops after two epochs; whoever leaves the loop earlier stops it as well.
  for await (const event of train(options)) {
    if (event.event !== 'epoch') continue;
    console.log(`epoch ${event.epoch}: validation accuracy ${event.validationAccuracy.toFixed(3)}`);
    if (event.epoch === 2) break;
  }
  // Goes on from there.
  for await (const event of train({ name, resume: true, dataDir })) {
    if (event.event === 'end') console.log(`${event.reason} after ${event.epochs} epochs`);
  }

  for await (const event of evaluate({ split: 'digits', model: name, limit: 1000, dataDir })) {
    if (event.event === 'end') console.log(`reads ${event.accuracy.toFixed(3)} of ${event.images} test images`);
  }

  const recognizer = await loadRecognizer({ model: name, dataDir });
  console.log(`"${recognizer.model}" knows ${recognizer.labels.join('')}`);
  await recognizer.close();
} finally {
  await rm(dataDir, { recursive: true });
}
