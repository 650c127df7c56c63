import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DrawingStore } from '../../../src/core/strokes/drawing-store.ts';

const coordinate = fc.double({ noNaN: true, min: -1e12, max: 1e12 });
const point = fc.oneof(
  fc.tuple(coordinate, coordinate),
  fc.tuple(coordinate, coordinate, fc.double({ min: 0, max: 1, noNaN: true })),
);
const drawing = fc.array(fc.array(point, { minLength: 1, maxLength: 60 }), { minLength: 1, maxLength: 5 });

test('returns drawings as they were added', () => {
  fc.assert(
    fc.property(fc.array(drawing, { maxLength: 20 }), (drawings) => {
      const store = new DrawingStore();
      for (const one of drawings) store.add(one);
      expect(store.length).toBe(drawings.length);
      drawings.forEach((one, index) => {
        expect(store.get(index)).toEqual(one);
      });
    }),
    { numRuns: 50 },
  );
});
