import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { architecture } from '../../src/core/model/architectures.ts';
import { forwardFlops, makeWorkload, trainingFlops } from './workload.ts';

test('counts the operations of the plain network', () => {
  const first = 2 * 26 * 26 * 9 * 32;
  const rest = 2 * (11 * 11 * 9 * 32 * 64 + 1600 * 256 + 256 * 47);
  expect(forwardFlops(architecture('cnn', 47))).toBe(first + rest);
  // The image needs no gradient.
  expect(trainingFlops(architecture('cnn', 47))).toBe(2 * first + 3 * rest);
});

test('always makes the same images, with ink and paper, and removes its folder', async () => {
  const read = async () => {
    await using workload = await makeWorkload();
    return { folder: workload.folder, images: await readFile(path.join(workload.folder, 'images.u8')) };
  };
  const { folder, images } = await read();
  expect((await read()).images.equals(images)).toBe(true);
  expect(images.filter((ink) => ink > 127).length / images.length).toBeGreaterThan(0.05);
  expect(images.filter((ink) => ink === 0).length / images.length).toBeGreaterThan(0.3);
  await expect(readFile(folder)).rejects.toThrow('ENOENT');
});
