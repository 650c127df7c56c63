import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { learn } from '../../../src/app/learn.ts';
import type { Model } from '../../../src/core/model/model.ts';
import { loadModel } from '../../../src/core/model/model-store.ts';
import { resolvePaths } from '../../../src/core/paths.ts';
import { SampleStore } from '../../../src/core/samples/sample-store.ts';
import type { Written } from './characters.ts';

/** The model that `learn` makes of samples; null if it is not accepted. */
export async function learned(
  from: string,
  samples: readonly Written[],
): Promise<{ model: Model | null; seconds: number }> {
  const home = await mkdtemp(path.join(tmpdir(), 'bench-adapt-'));
  try {
    const paths = resolvePaths(home);
    const store = await SampleStore.open(paths.samples);
    await store.add(samples.map(({ label, strokes }) => ({ label, strokes, origin: 'imported' })));
    for await (const event of learn({ from, engine: 'wasm' }, { paths })) {
      if (event.event !== 'end') continue;
      const { model, seconds } = event;
      return { model: model === null ? null : await loadModel(model, paths), seconds };
    }
    throw new Error('learning ended without a result');
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}
