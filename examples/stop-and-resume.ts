// Stops a training run in two ways, and resumes it each time. Everything is kept in a temporary folder, which is deleted
// at the end.
//
//   node examples/stop-and-resume.ts [URL or path of EMNIST's zip archive]

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fetchDatasets, train } from 'emnist-tui';

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

  // The weights are now the same as if nothing had happened.
  const last = await train({ name, resume: true, dataDir });
  console.log(`${last.reason} after epoch ${last.epochs}`);
} finally {
  await rm(dataDir, { recursive: true });
}
