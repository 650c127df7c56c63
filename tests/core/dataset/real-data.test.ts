import { existsSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { datasetStatus } from '../../../src/core/dataset/dataset-store.ts';
import { type DatasetPart, readPart } from '../../../src/core/dataset/read-part.ts';
import { SPLITS } from '../../../src/core/dataset/splits.ts';
import { named } from '../../helpers/skip.ts';
import { endOf, fetchAll, temporaryHome } from './fetching.ts';

const ARCHIVE = path.join(import.meta.dirname, '../../../../shared/emnist/gzip.zip');
const missing = existsSync(ARCHIVE) ? null : `no ${path.relative(process.cwd(), ARCHIVE)}`;

describe.skipIf(missing)(named('real EMNIST images', missing), () => {
  let home: Awaited<ReturnType<typeof temporaryHome>>;
  beforeAll(async () => {
    home = await temporaryHome();
  });
  afterAll(() => home[Symbol.asyncDispose]());

  test('all six splits have the right counts', async () => {
    const events = await fetchAll({ paths: home.paths, from: ARCHIVE, splits: SPLITS });
    const counts = Object.fromEntries(SPLITS.map((split) => [split, endOf(events, split)]));
    expect(counts).toEqual({
      balanced: { train: 84_524, test: 9_400 },
      byclass: { train: 70_000, test: 10_000 },
      bymerge: { train: 157_828, test: 10_000 },
      letters: { train: 78_519, test: 5_200 },
      digits: { train: 20_000, test: 4_000 },
      mnist: { train: 14_786, test: 10_000 },
    });
    const status = await datasetStatus(home.paths);
    expect(status.find(({ split }) => split === 'bymerge')).toMatchObject({ trainImages: 157_828, testImages: 10_000 });
  });

  test('are upright', async () => {
    const part = await readPart(home.paths, 'balanced', 'test');
    // An L has most of its ink at the bottom left and a 7 at the top right. Transposed images would have the opposite.
    const [l, seven] = [inkBalance(part, 'L'), inkBalance(part, '7')];
    expect(l.down).toBeGreaterThan(0.05);
    expect(l.right).toBeLessThan(-0.05);
    expect(seven.down).toBeLessThan(-0.05);
    expect(seven.right).toBeGreaterThan(0.05);
    // A 1 and an I are taller than they are wide.
    for (const label of ['1', 'I']) {
      const { height, width } = spread(part, label);
      expect(height).toBeGreaterThan(2 * width);
    }
  });

  test('of a limited part are of all classes, although the part is sorted by class', async () => {
    const part = await readPart(home.paths, 'balanced', 'test', { limit: 470 });
    expect(new Set(part.labels).size).toBe(47);
  });
});

/** The mean image of a class, [28, 28]. */
function meanImage({ images, labels, classLabels }: DatasetPart, label: string): Float64Array {
  const mean = new Float64Array(784);
  const target = classLabels.indexOf(label);
  labels.forEach((found, index) => {
    if (found === target) for (let pixel = 0; pixel < 784; pixel++) mean[pixel]! += images[index * 784 + pixel]!;
  });
  return mean;
}

/** How much more ink is below the middle than above, and right of it than left, as a fraction of all ink. */
function inkBalance(part: DatasetPart, label: string): { down: number; right: number } {
  let [down, right, all] = [0, 0, 0];
  meanImage(part, label).forEach((ink, pixel) => {
    down += pixel >= 392 ? ink : -ink;
    right += pixel % 28 >= 14 ? ink : -ink;
    all += ink;
  });
  return { down: down / all, right: right / all };
}

/** The variance of the position of the ink, vertically and horizontally. */
function spread(part: DatasetPart, label: string): { height: number; width: number } {
  let [height, width, all] = [0, 0, 0];
  meanImage(part, label).forEach((ink, pixel) => {
    height += ink * (Math.floor(pixel / 28) - 13.5) ** 2;
    width += ink * ((pixel % 28) - 13.5) ** 2;
    all += ink;
  });
  return { height: height / all, width: width / all };
}
