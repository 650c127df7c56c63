import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hash32, randomStream, shuffledIndices } from '../../src/core/random.ts';

test('a hash depends on each argument and on their order', () => {
  const hashes = new Set<number>();
  for (let a = 0; a < 50; a++) for (let b = 0; b < 50; b++) hashes.add(hash32(a, b));
  expect(hashes.size).toBe(2500);
  expect(hash32(1, 2)).toBe(hash32(1, 2));
});

test('a stream is uniform over [0, 1)', () => {
  const random = randomStream(42);
  const counts = new Array<number>(10).fill(0);
  for (let i = 0; i < 100_000; i++) counts[Math.floor(random() * 10)]!++;
  for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
});

test('shuffled indices contain each index once, in an order determined by the seed', () => {
  fc.assert(
    fc.property(fc.nat(2000), fc.nat(), (count, seed) => {
      const shuffled = shuffledIndices(count, seed);
      expect([...shuffled].sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, index) => index));
      expect(shuffledIndices(count, seed)).toEqual(shuffled);
    }),
    { numRuns: 30 },
  );
  expect(shuffledIndices(1000, 1)).not.toEqual(shuffledIndices(1000, 2));
});
