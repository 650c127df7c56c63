import { describe, expect, test } from 'vitest';
import { classCounts, classShares, sampleEpoch } from '../../../src/core/training/sampling.ts';

/** 100 images of class 0, 20 of class 1, none of class 2, 5 of class 3. */
const labels = Uint8Array.from([...Array(100).fill(0), ...Array(20).fill(1), ...Array(5).fill(3)]);
const all = Uint32Array.from(labels.keys());
const options = { characters: [1, 1, 1, 1], balance: 1, seed: 5 };

describe('classShares', () => {
  test('range from those of the images to equal ones', () => {
    const shares = (counts: number[], balance: number, characters = counts.map(() => 1)) =>
      classShares(counts, { balance, characters });
    expect(shares([75, 25], 0)).toEqual([0.75, 0.25]);
    expect(shares([75, 25], 1)).toEqual([0.5, 0.5]);
    const [more, less] = shares([75, 25], 0.5);
    expect(more! / less!).toBeCloseTo(Math.sqrt(3));
    expect(shares([30, 0, 10], 1)).toEqual([0.5, 0, 0.5]);
    expect(shares([75, 25], 1, [1, 3])).toEqual([0.25, 0.75]);
    expect(shares([75, 25], 0, [1, 3])).toEqual([0.75, 0.25]);
  });
});

describe('sampleEpoch', () => {
  test('without balancing, every image occurs once, in an order determined by the seed', () => {
    const epoch = sampleEpoch(all, labels, { ...options, balance: 0 });
    expect([...epoch].sort((a, b) => a - b)).toEqual([...all]);
    expect(sampleEpoch(all, labels, { ...options, balance: 0 })).toEqual(epoch);
    expect(sampleEpoch(all, labels, { ...options, balance: 0, seed: 6 })).not.toEqual(epoch);
  });

  test('with balancing, classes are equally frequent: large ones subsampled, small ones repeated evenly', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const epoch = sampleEpoch(all, labels, { ...options, seed });
      const counts = classCounts(epoch, labels, 4);
      expect(counts.reduce((sum, count) => sum + count, 0)).toBe(125);
      expect(counts[2]).toBe(0);
      for (const label of [0, 1, 3]) expect(Math.abs(counts[label]! - 125 / 3)).toBeLessThan(1);
      const times = new Map<number, number>();
      for (const image of epoch) times.set(image, (times.get(image) ?? 0) + 1);
      const ofClass = (label: number) => [...times].filter(([image]) => labels[image] === label).map(([, n]) => n);
      expect(ofClass(0).every((n) => n === 1)).toBe(true);
      expect(ofClass(1).every((n) => n === 2 || n === 3)).toBe(true);
      expect(ofClass(3).every((n) => n === 8 || n === 9)).toBe(true);
    }
  });

  test('subsamples differently each epoch and mixes the classes', () => {
    const first = sampleEpoch(all, labels, options);
    const second = sampleEpoch(all, labels, { ...options, seed: 6 });
    const zeros = (epoch: Uint32Array) => new Set([...epoch].filter((image) => labels[image] === 0));
    expect(zeros(first)).not.toEqual(zeros(second));
    expect([...first.subarray(0, 40)].map((image) => labels[image])).toEqual(expect.arrayContaining([0, 1, 3]));
  });
});
