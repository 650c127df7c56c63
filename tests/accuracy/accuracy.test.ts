import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { evaluate } from '../../src/app/evaluate.ts';
import type { TrainOptions } from '../../src/app/options/train.ts';
import { predict } from '../../src/app/predict.ts';
import { train } from '../../src/app/train.ts';
import { splitLabels } from '../../src/core/dataset/splits.ts';
import { SHIPPED } from '../../src/core/model/model-store.ts';
import { type Paths, resolvePaths } from '../../src/core/paths.ts';
import { hash32 } from '../../src/core/random.ts';
import type { Drawing } from '../../src/core/strokes/drawing.ts';
import { randomPen } from '../../src/core/strokes/random-pen.ts';
import { rasterize } from '../../src/core/strokes/rasterize.ts';
import { temporaryFolder } from '../cli/run.ts';
import { drawPicture } from '../core/images/draw-picture.ts';
import { installDatasets } from '../helpers/archive.ts';
import { CHARACTERS, LABELS, writeBy } from './characters.ts';

/*
 * How well models read characters that these tests draw. The floors are below the measured accuracy and far above that of
 * models whose images are transposed, labels shifted, or pixels scaled differently than in training.
 */

let paths: Paths;
const folder = await temporaryFolder(afterAll);
beforeAll(async () => {
  paths = resolvePaths(path.join(folder, 'home'));
});

/** Shares of characters, 0 to 1, that a model reads right from a stroke file and from pictures. */
async function readDrawn(model: string): Promise<{ strokes: number; pictures: number }> {
  const drawings = LABELS.map((label, index) => writeBy(1000 + index, CHARACTERS[label]!));
  const file = path.join(folder, 'drawings.jsonl');
  await writeFile(file, drawings.map((strokes) => `${JSON.stringify({ strokes })}\n`).join(''));
  const pictures = drawings.map((_, index) => path.join(folder, `${index}.png`));
  for (const [index, drawing] of drawings.entries()) await writeFile(pictures[index]!, png(drawing));
  return { strokes: await readRight(model, [file]), pictures: await readRight(model, pictures) };
}

async function readRight(model: string, files: string[]): Promise<number> {
  const events = await Array.fromAsync(predict({ files, model }, { paths, signal: new AbortController().signal }));
  expect(events).toHaveLength(LABELS.length);
  const right = events.filter(
    (event, index) => event.event === 'prediction' && event.predictions[0]!.label === LABELS[index],
  );
  return right.length / LABELS.length;
}

/** A picture from a rasterizer other than the product's. */
function png(drawing: Drawing): Buffer {
  const shifted = drawing.map((stroke) => stroke.map(([x, y]) => [x + 30, y + 30] as const));
  const { width, height, gray } = drawPicture({ width: 160, height: 160, pen: 9 }, shifted);
  const picture = new PNG({ width, height });
  gray.forEach((value, index) => {
    picture.data.set([value, value, value, 255], 4 * index);
  });
  return PNG.sync.write(picture);
}

test('the shipped model reads drawn characters', async () => {
  const { strokes, pictures } = await readDrawn(SHIPPED);
  expect(strokes).toBeGreaterThan(43 / 47);
  expect(pictures).toBeGreaterThan(41 / 47);
});

describe('a model trained on drawn characters', () => {
  beforeAll(async () => {
    expect(splitLabels('balanced')).toEqual(LABELS);
    const imageOf = (label: number, seed: number) =>
      rasterize(writeBy(seed, CHARACTERS[LABELS[label]!]!), randomPen(hash32(seed, 1), 0.7));
    await installDatasets(paths, { balanced: { train: 40 * 47, test: 10 * 47 } }, { imageOf });
  });

  test.each<TrainOptions>([
    { architecture: 'cnn', epochs: 5, batchSize: 32 },
    // Too short for the moving average that long runs use.
    { architecture: 'vgg', epochs: 2, batchSize: 32, averaging: 0.9 },
  ])('$architecture reads images and drawings that it has not seen', { timeout: 300_000 }, async (options) => {
    const name = options.architecture!;
    for await (const _ of train({ ...options, name, engine: 'wasm' }, { paths }));
    const evaluated = (await Array.fromAsync(evaluate({ model: name, split: 'balanced' }, { paths }))).at(-1)!;
    const accuracy = evaluated.event === 'end' ? evaluated.accuracy : 0;
    const { strokes, pictures } = await readDrawn(name);
    expect(accuracy).toBeGreaterThan(0.96);
    expect(strokes).toBeGreaterThan(44 / 47);
    expect(pictures).toBeGreaterThan(44 / 47);
  });
});
