import fc from 'fast-check';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { encodeDrawing, encodeLine } from '../../src/canvas-page/drawing-message.ts';
import {
  clientMessageSchema,
  type DrawingMessage,
  MAX_MESSAGE_BYTES,
  MAX_STROKES,
  type TextMessage,
} from '../../src/core/server/protocol.ts';
import type { Drawing, Point, Stroke } from '../../src/core/strokes/drawing.ts';
import { rasterize } from '../../src/core/strokes/rasterize.ts';
import { CHARACTERS, LABELS, writeBy } from '../accuracy/characters.ts';

const decode = (json: string) => v.parse(clientMessageSchema, JSON.parse(json)) as DrawingMessage;

/** The distance of a point from the nearest place on a path. */
function distance([x, y]: Point, path: readonly Point[]): number {
  return Math.min(
    ...path.map(([toX, toY], index) => {
      const [fromX, fromY] = path[index - 1] ?? [toX, toY];
      const [dx, dy] = [toX - fromX, toY - fromY];
      const along = ((x - fromX) * dx + (y - fromY) * dy) / (dx * dx + dy * dy || 1);
      const part = Math.min(1, Math.max(0, along));
      return Math.hypot(x - fromX - part * dx, y - fromY - part * dy);
    }),
  );
}

test('keeps the path of a drawing, accurate to an eight-hundredth of its size, and its ends', () => {
  const unit = fc.double({ min: 0, max: 1000, noNaN: true });
  const point = fc.oneof(fc.tuple(unit, unit), fc.tuple(unit, unit, fc.double({ min: 0, max: 1, noNaN: true })));
  fc.assert(
    fc.property(fc.array(fc.array(point, { minLength: 1, maxLength: 30 }), { maxLength: 8 }), (drawing) => {
      const { strokes } = decode(encodeDrawing(3, drawing));
      expect(strokes).toHaveLength(drawing.length);
      for (const [index, stroke] of strokes.entries()) {
        const drawn = drawing[index]!;
        for (const point of drawn) expect(distance(point, stroke)).toBeLessThan(1000 / 800 + 0.1);
        for (const end of [0, -1]) {
          const [[x, y, pressure], [drawnX, drawnY, drawnPressure]] = [stroke.at(end)!, drawn.at(end)!];
          expect(Math.abs(x - drawnX)).toBeLessThanOrEqual(0.0501);
          expect(Math.abs(y - drawnY)).toBeLessThanOrEqual(0.0501);
          if (drawnPressure === undefined) expect(pressure).toBeUndefined();
          else expect(Math.abs(pressure! - drawnPressure)).toBeLessThanOrEqual(0.00501);
        }
      }
    }),
  );
});

test.each([undefined, 0.5])(
  'sends few points of a fast mouse or pen, and the image that is read stays the same (pressure: %s)',
  (pressure) => {
    let [points, sent] = [0, 0];
    for (const [index, label] of LABELS.entries()) {
      const drawing = writeBy(index, CHARACTERS[label]!).map((stroke) => trace(stroke, pressure));
      const { strokes } = decode(encodeDrawing(1, drawing));
      points += drawing.flat().length;
      sent += strokes.flat().length;
      const [before, after] = [rasterize(drawing), rasterize(strokes)];
      // Of 255, in the mean: a line that is thinner by a hair can make the box around it smaller by a pixel.
      const difference = before.reduce((sum, value, at) => sum + Math.abs(value - after[at]!), 0) / before.length;
      expect(difference, label).toBeLessThan(8);
    }
    expect(points / sent).toBeGreaterThan(10);
  },
);

/** A stroke on paper of 1000 as a device sees it that reports a position for each unit, with a pressure that changes. */
function trace(stroke: Stroke, pressure: number | undefined): Point[] {
  return stroke.flatMap(([toX, toY], index) => {
    const [fromX, fromY] = stroke[index - 1] ?? [toX, toY];
    const steps = Math.ceil(6 * Math.hypot(toX - fromX, toY - fromY)) + 1;
    return Array.from({ length: steps }, (_, step): Point => {
      const part = (step + 1) / steps;
      const [x, y] = [6 * (fromX + (toX - fromX) * part), 6 * (fromY + (toY - fromY) * part)];
      return pressure === undefined ? [x, y] : [x, y, pressure + 0.3 * Math.sin((x + y) / 100)];
    });
  });
}

test('says what is expected after the strokes, unless there are none', () => {
  const dot: Drawing = [[[1, 2]]];
  expect(encodeDrawing(1, dot, { characters: '[é', prior: 'forms' })).toBe(
    '{"type":"drawing","id":1,"strokes":[[[1,2]]],"characters":"[é","prior":"forms"}',
  );
  expect(encodeDrawing(1, [], { characters: 'digits' })).toBe('{"type":"drawing","id":1,"strokes":[]}');
});

test('keeps changes of pressure on a straight line', () => {
  const drawing: Drawing = [Array.from({ length: 100 }, (_, index) => [10 * index, 0, index < 50 ? 0.2 : 0.9])];
  const pressures = decode(encodeDrawing(1, drawing)).strokes[0]!.map(([, , pressure]) => pressure);
  expect(pressures).toEqual([0.2, 0.2, 0.9, 0.9]);
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

test('a line is sent with all its strokes, as accurately as its height needs, however long it is', () => {
  const letter = (x: number): Stroke =>
    Array.from({ length: 120 }, (_, index) => [x + 40 * Math.cos(index / 20), 500 + 40 * Math.sin(index / 20)]);
  const line = Array.from({ length: 60 }, (_, index) => letter(100 * index));
  const { type, strokes } = v.parse(clientMessageSchema, JSON.parse(encodeLine(2, line))) as TextMessage;
  expect([type, strokes.length]).toEqual(['text', line.length]);
  for (const [index, stroke] of strokes.entries()) {
    for (const point of line[index]!) expect(distance(point, stroke)).toBeLessThan(80 / 250 + 0.1);
  }
  expect(strokes.flat().length).toBeLessThan(line.flat().length / 2);
});
