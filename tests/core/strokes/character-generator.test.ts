import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { encodeClusters } from '../../../scripts/characters/encode.ts';
import { fitClusters } from '../../../scripts/characters/fit-clusters.ts';
import { isEmnistError } from '../../../src/core/errors.ts';
import { classIndex, DIGITS, LOWERCASE, UPPERCASE } from '../../../src/core/labels.ts';
import { loadModel } from '../../../src/core/model/model-store.ts';
import { resolvePaths } from '../../../src/core/paths.ts';
import { createRecognizer } from '../../../src/core/recognizer/recognizer.ts';
import { CharacterGenerator, parseClusters } from '../../../src/core/strokes/character-generator.ts';
import { rasterize } from '../../../src/core/strokes/rasterize.ts';

const FILE = new URL('../../../models/characters.bin', import.meta.url);

test('the shipped one is small, and draws digits and letters that are read as such', { timeout: 120_000 }, async () => {
  const file = readFileSync(FILE);
  expect(file.length).toBeLessThan(120_000);
  expect(new TextDecoder().decode(gunzipSync(file).subarray(0, 400))).toMatch(/UNIPEN.*CC BY 4\.0/);
  const generator = CharacterGenerator.shipped();
  expect([...generator.characters].sort().join('')).toBe([...(DIGITS + UPPERCASE + LOWERCASE)].sort().join(''));
  await using recognizer = Object.assign(await createRecognizer(await loadModel('shipped', resolvePaths('unused'))), {
    async [Symbol.asyncDispose]() {
      await recognizer.dispose();
    },
  });
  const each = 8;
  let right = 0;
  for (const character of generator.characters) {
    const images = Array.from({ length: each }, (_, seed) => [...rasterize(generator.draw(character, seed))]).flat();
    const label = recognizer.labels[classIndex(character, recognizer.labels)];
    for (const { predictions } of await recognizer.recognize(Uint8Array.from(images))) {
      if (predictions[0]!.label === label) right++;
    }
  }
  // O and 0, and 1, I, and l, look the same: no more of real ones are read right.
  expect(right / (each * generator.characters.length)).toBeGreaterThan(0.86);
});

test('draws the same for a seed, and another one for others', () => {
  const generator = CharacterGenerator.shipped();
  expect(generator.draw('A', 1)).toEqual(generator.draw('A', 1));
  expect(generator.draw('A', 1)).not.toEqual(generator.draw('A', 2));
  expect(() => generator.draw('é', 1)).toThrow(RangeError);
});

/** Two ways to write a sign, with noise. */
async function* twoWays() {
  for (let line = 1; line <= 200; line++) {
    const noise = (i: number) => 3 * Math.sin(line * 7.3 + i);
    const bar = line % 2 === 0 ? 20 : 80;
    yield {
      line,
      label: '+',
      strokes: [
        [[0, 50 + noise(1)] as const, [100, 50] as const],
        [[bar + noise(2), 0] as const, [bar, 100] as const],
      ],
    };
  }
}

test('is fitted to groups of similar drawings, none of which it repeats', async () => {
  const clusters = parseClusters(encodeClusters(await fitClusters(twoWays())));
  expect(clusters.every(({ label, strokes, members }) => label === '+' && strokes === 2 && members >= 12)).toBe(true);
  const generator = new CharacterGenerator(clusters);
  const bars = Array.from({ length: 40 }, (_, seed) => generator.draw('+', seed)[1]!.at(-1)![0]);
  for (const x of bars) expect(Math.min(Math.abs(x + 0.3), Math.abs(x - 0.3))).toBeLessThan(0.1);
  expect(new Set(bars.map(Math.sign)).size).toBe(2);
});

test('a damaged file is refused', async () => {
  const file = gunzipSync(readFileSync(FILE));
  for (const damaged of [file.subarray(0, 100), file.subarray(0, file.length - 1), Buffer.from('{}\n')]) {
    expect(() => parseClusters(damaged)).toThrow(
      expect.toSatisfy((error) => isEmnistError(error, 'installation-damaged')),
    );
  }
});
