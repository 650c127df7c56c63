import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Tensor } from '../../../../src/core/engine/wasm/execution-plan.ts';
import { placeTensors } from '../../../../src/core/engine/wasm/tensor-placement.ts';

function tensor(width: number): Tensor {
  return { height: 1, width, channels: 16, padded: 16, border: 0, slack: false };
}

const bytesOf = ({ width }: Tensor) => width * 64;

/** Work in which each step writes a tensor and reads some of those before. */
const work = fc
  .array(fc.record({ width: fc.integer({ min: 1, max: 9 }), reads: fc.array(fc.nat(), { maxLength: 3 }) }), {
    minLength: 1,
    maxLength: 20,
  })
  .map((steps) => {
    const tensors = steps.map(({ width }) => tensor(width));
    return steps.map(({ reads }, index) => ({
      writes: [tensors[index]!],
      reads: index === 0 ? [] : reads.map((read) => tensors[read % index]!),
    }));
  });

test('tensors that are needed at the same time never share memory', () => {
  fc.assert(
    fc.property(work, (steps) => {
      const { offsets, bytes } = placeTensors(steps, bytesOf);
      const lives = steps.map(({ writes: [written] }, index) => {
        const last = steps.findLastIndex(({ reads }) => reads.includes(written!));
        const start = offsets.get(written!)!;
        return { from: index, until: Math.max(index, last), start, end: start + bytesOf(written!) };
      });
      for (const a of lives) {
        expect(a.end).toBeLessThanOrEqual(bytes);
        for (const b of lives) {
          const together = a !== b && a.from <= b.until && b.from <= a.until;
          if (together) expect(a.end <= b.start || b.end <= a.start).toBe(true);
        }
      }
    }),
  );
});

test('a chain takes the memory of two tensors', () => {
  const tensors = Array.from({ length: 8 }, () => tensor(4));
  const chain = tensors.map((written, index) => ({
    writes: [written],
    reads: tensors.slice(Math.max(index - 1, 0), index),
  }));
  expect(placeTensors(chain, bytesOf).bytes).toBe(2 * bytesOf(tensors[0]!));
});
