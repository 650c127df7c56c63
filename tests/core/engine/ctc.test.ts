import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Ctc } from '../../../src/core/engine/ctc.ts';

const STRIDE = 5;

/** All sequences of classes of a length. */
function* paths(steps: number, classes: number): Generator<number[]> {
  if (steps === 0) yield [];
  else for (const path of paths(steps - 1, classes)) for (let c = 0; c < classes; c++) yield [...path, c];
}

/** What a path spells: without repetitions, then without blanks. */
function spelled(path: readonly number[], blank: number): string {
  return path.filter((label, i) => label !== path[i - 1] && label !== blank).join();
}

/** The loss by its definition: over all paths that spell the target. */
function slowLoss(logits: Float32Array, steps: number, classes: number, target: Uint8Array): number {
  let total = 0;
  for (const path of paths(steps, classes)) {
    if (spelled(path, classes - 1) !== target.join()) continue;
    total += path.reduce((product, label, step) => {
      const row = logits.subarray(step * STRIDE, step * STRIDE + classes);
      return (product * Math.exp(row[label]!)) / row.reduce((sum, value) => sum + Math.exp(value), 0);
    }, 1);
  }
  return -Math.log(total);
}

const problems = fc
  .record({ steps: fc.integer({ min: 1, max: 5 }), classes: fc.integer({ min: 2, max: 4 }) })
  .chain(({ steps, classes }) =>
    fc.record({
      steps: fc.constant(steps),
      classes: fc.constant(classes),
      logits: fc.array(fc.float({ min: -4, max: 4, noNaN: true }), {
        minLength: steps * STRIDE,
        maxLength: steps * STRIDE,
      }),
      target: fc.array(fc.integer({ min: 0, max: classes - 2 }), { maxLength: 3 }),
    }),
  );

test('the loss is that of all paths that spell the target, and the gradient its derivative', () => {
  fc.assert(
    fc.property(problems, ({ steps, classes, logits: values, target: labels }) => {
      const logits = Float32Array.from(values);
      const target = Uint8Array.from(labels);
      const gradient = new Float32Array(logits.length).fill(7);
      const { loss } = new Ctc(classes).loss(logits, steps, STRIDE, target, gradient, 0.5);
      const slow = slowLoss(logits, steps, classes, target);
      if (!Number.isFinite(slow)) {
        expect(loss).toBe(Number.POSITIVE_INFINITY);
        expect(gradient).toEqual(new Float32Array(logits.length));
        return;
      }
      expect(loss).toBeCloseTo(slow, 9);
      for (let step = 0; step < steps; step++) {
        for (let label = 0; label < STRIDE; label++) {
          const at = step * STRIDE + label;
          const by = (delta: number) => slowLoss(logits.with(at, logits[at]! + delta), steps, classes, target);
          const slope = label < classes ? (by(1 / 128) - by(-1 / 128)) * 64 : 0;
          expect(gradient[at]).toBeCloseTo(0.5 * slope, 3);
        }
      }
    }),
    { numRuns: 200 },
  );
});

test('the best class of each step is compared with the target', () => {
  const ctc = new Ctc(3);
  const logitsOf = (path: readonly number[]) =>
    Float32Array.from(path.flatMap((best) => [0, 1, 2].map((c) => (c === best ? 3 : 0))));
  const isCorrect = (path: readonly number[], target: readonly number[]) =>
    ctc.loss(logitsOf(path), path.length, 3, Uint8Array.from(target), new Float32Array(path.length * 3), 1).correct;
  expect(isCorrect([0, 0, 2, 0, 1], [0, 0, 1])).toBe(true);
  expect(isCorrect([0, 0, 0, 1], [0, 0, 1])).toBe(false);
  expect(isCorrect([2, 2, 2], [])).toBe(true);
  expect(isCorrect([2, 0, 2], [])).toBe(false);
  expect(isCorrect([2, 0, 2], [0, 1])).toBe(false);
});
