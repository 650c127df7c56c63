// Stops a training run in two ways, and resumes it each time. Everything is kept in a temporary folder, which is deleted
// at the end.
//
//   node examples/stop-and-resume.ts [URL or path of EMNIST's zip archive]

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fetchDatasets, isEmnistError, train } from 'emnist-tui';

const [archive] = process.argv.slice(2);
const dataDir = await mkdtemp(path.join(tmpdir(), 'emnist-example-'));
try {
  await fetchDatasets({ splits: ['digits'], from: archive, dataDir });

  // Stopped, a run ends normally and has a result.
  const name = 'my-digits';
  const first = train({ split: 'digits', architecture: 'cnn', epochs: 3, limit: 1000, name, dataDir });
  for await (const { event } of first) if (event === 'epoch') first.stop();
  const { reason, epochs } = await first;
  console.log(`${reason} after epoch ${epochs}`);

  // Aborted, a run throws the signal's reason. The last checkpoint is kept.
  const controller = new AbortController();
  try {
    for await (const { event } of train({ name, resume: true, signal: controller.signal, dataDir })) {
      if (event === 'epoch') controller.abort();
    }
  } catch (error) {
    if (error !== controller.signal.reason) throw error;
    console.log('aborted');
  }

  // The weights are now the same as those of a run that was never stopped.
  const last = await train({ name, resume: true, dataDir });
  console.log(`${last.reason} after epoch ${last.epochs}`);

  // Errors have a code, which tells them apart, and data.
  try {
    await train({ name, resume: true, dataDir });
  } catch (error) {
    if (!isEmnistError(error, 'training-finished')) throw error;
    console.log(`nothing left to do after ${error.data.epochs} epochs`);
  }
} finally {
  await rm(dataDir, { recursive: true });
}
