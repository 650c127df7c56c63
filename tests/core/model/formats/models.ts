import { existsSync } from 'node:fs';
import path from 'node:path';
import { fetchDatasets } from '../../../../src/core/dataset/fetch.ts';
import { readPart } from '../../../../src/core/dataset/read-part.ts';
import { createEngine } from '../../../../src/core/engine/select.ts';
import type { Model } from '../../../../src/core/model/model.ts';
import { loadModel, SHIPPED } from '../../../../src/core/model/model-store.ts';
import { classCount } from '../../../../src/core/model/network.ts';
import { type Paths, resolvePaths } from '../../../../src/core/paths.ts';
import { hash32 } from '../../../../src/core/random.ts';
import { installDatasets } from '../../../helpers/archive.ts';

/** The EMNIST archive, if it is next to the checkout. */
const ARCHIVE = path.join(import.meta.dirname, '../../../../../shared/emnist/gzip.zip');
/** Whether `installBalanced` uses real images; tests report when they use generated ones. */
export const HAS_EMNIST = existsSync(ARCHIVE);

/** The shipped model under another name. */
export async function shippedModel(name: string): Promise<Model> {
  return { ...(await loadModel(SHIPPED, resolvePaths('/nowhere'))), name };
}

/** Installs `balanced` in a data directory: EMNIST's, or else a generated one with the same classes. */
export async function installBalanced(paths: Paths): Promise<void> {
  if (!HAS_EMNIST) {
    await installDatasets(paths, { balanced: { train: 4700, test: 1034 } });
    return;
  }
  for await (const _ of fetchDatasets({ splits: ['balanced'], from: ARCHIVE, paths }));
}

/** Test images, bytes, [n, 784]. */
export async function testImages(paths: Paths, n: number): Promise<Uint8Array> {
  return (await readPart(paths, 'balanced', 'test', { limit: n })).images;
}

/** Noise images, bytes, [n, 784]. */
export function noise(n: number): Uint8Array {
  return Uint8Array.from({ length: n * 784 }, (_, index) => (hash32(index) % 3 === 0 ? hash32(index, 1) & 255 : 0));
}

/** Images as other programs expect them: 0 to 1, [n, 28, 28, 1]. */
export function floats(images: Uint8Array): Float32Array {
  return Float32Array.from(images, (byte) => byte / 255);
}

/** Probabilities from our engine, [n, outputs]. */
export async function probabilities({ network, weights }: Model, images: Uint8Array): Promise<Float32Array> {
  const engine = await createEngine();
  try {
    const loaded = await engine.createNetwork(network);
    await loaded.setWeights(weights);
    const logits = await loaded.predict(images);
    const outputs = classCount(network);
    for (let first = 0; first < logits.length; first += outputs) {
      const row = logits.subarray(first, first + outputs);
      const sum = row.reduce((total, logit) => total + Math.exp(logit), 0);
      row.set(row.map((logit) => Math.exp(logit) / sum));
    }
    return logits;
  } finally {
    await engine.dispose();
  }
}

/** The largest element-wise difference; infinite for different lengths or NaN. */
export function largestDifference(one: ArrayLike<number>, other: ArrayLike<number>): number {
  if (one.length !== other.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let index = 0; index < one.length; index++) {
    const difference = Math.abs(one[index]! - other[index]!);
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}
