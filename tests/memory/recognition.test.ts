import { expect, test } from 'vitest';
import { loadModel, SHIPPED } from '../../src/core/model/model-store.ts';
import { resolvePaths } from '../../src/core/paths.ts';
import { createRecognizer } from '../../src/core/recognizer/recognizer.ts';
import { rasterize } from '../../src/core/strokes/rasterize.ts';
import { CHARACTERS, LABELS, writeBy } from '../accuracy/characters.ts';
import { megabytesInUse } from './heap.ts';

const WARM_UP = 500;
const DRAWINGS = 5000;
/** 200 bytes for each drawing; its image alone has 784. */
const MAX_GROWTH_MB = 1;

test('memory does not grow over 5,000 recognized drawings', { timeout: 300_000 }, async () => {
  const recognizer = await createRecognizer(await loadModel(SHIPPED, resolvePaths('')));
  const recognize = async (from: number, to: number) => {
    for (let number = from; number < to; number++) {
      const image = rasterize(writeBy(number, CHARACTERS[LABELS[number % LABELS.length]!]!));
      const [reading] = await recognizer.recognize(image);
      expect(reading!.predictions).toHaveLength(5);
    }
  };
  await recognize(0, WARM_UP);
  const warm = await megabytesInUse();
  await recognize(WARM_UP, WARM_UP + DRAWINGS);
  const growth = (await megabytesInUse()) - warm;
  await recognizer.dispose();
  expect(growth).toBeLessThan(MAX_GROWTH_MB);
});
