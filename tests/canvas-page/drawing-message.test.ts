import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { encodeDrawing } from '../../src/canvas-page/drawing-message.ts';
import { clientMessageSchema, MAX_MESSAGE_BYTES, MAX_STROKES } from '../../src/core/server/protocol.ts';
import type { Drawing, Point } from '../../src/core/strokes/drawing.ts';

const decode = (json: string) => v.parse(clientMessageSchema, JSON.parse(json));

test('keeps a drawing accurate to a tenth of a unit', () => {
  const unit = fc.double({ min: 0, max: 1000, noNaN: true });
  const point = fc.oneof(fc.tuple(unit, unit), fc.tuple(unit, unit, fc.double({ min: 0, max: 1, noNaN: true })));
  fc.assert(
    fc.property(fc.array(fc.array(point, { minLength: 1, maxLength: 30 }), { maxLength: 8 }), (drawing) => {
      const { strokes } = decode(encodeDrawing(3, drawing));
      expect(strokes.map((stroke) => stroke.length)).toEqual(drawing.map((stroke) => stroke.length));
      for (const [index, stroke] of strokes.entries()) {
        for (const [place, [x, y, pressure]] of stroke.entries()) {
          const [drawnX, drawnY, drawnPressure] = drawing[index]![place]!;
          expect(Math.abs(x - drawnX)).toBeLessThanOrEqual(0.0501);
          expect(Math.abs(y - drawnY)).toBeLessThanOrEqual(0.0501);
          if (drawnPressure === undefined) expect(pressure).toBeUndefined();
          else expect(Math.abs(pressure! - drawnPressure)).toBeLessThanOrEqual(0.00501);
        }
      }
    }),
  );
});

test('thins out a drawing until it is within the limits, keeping the ends of strokes', () => {
  const scribble = (points: number): Point[] =>
    Array.from({ length: points }, (_, index) => [index % 997, (index * 7) % 991, (index % 90) / 90]);
  const drawing: Drawing = [scribble(60_000), ...Array.from({ length: MAX_STROKES + 5 }, () => scribble(400))];
  const json = encodeDrawing(1, drawing);
  expect(Buffer.byteLength(json)).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
  const { strokes } = decode(json);
  expect(strokes).toHaveLength(MAX_STROKES);
  expect(strokes[0]!.length).toBeGreaterThan(500);
  expect(strokes[0]!.at(0)!.slice(0, 2)).toEqual(drawing[0]!.at(0)!.slice(0, 2));
  expect(strokes[0]!.at(-1)!.slice(0, 2)).toEqual(drawing[0]!.at(-1)!.slice(0, 2));
});
