import { describe, expect, test } from 'vitest';
import type { Point } from '../../src/core/strokes/drawing.ts';
import { canvasPicture } from '../../src/tui/charts/pictures.ts';
import {
  BLANK_CANVAS,
  type Canvas,
  type CanvasAction,
  drawnStrokes,
  reduceCanvas,
  SIDE,
} from '../../src/tui/screens/draw/draw-canvas.ts';
import { hereLayout } from '../../src/tui/screens/draw/draw-here-layout.ts';

type Step<Action = CanvasAction> = Action extends CanvasAction ? Omit<Action, 'event'> : never;

const play = (...steps: Step[]): Canvas =>
  steps.reduce<Canvas | null>(
    (canvas, step) => reduceCanvas(canvas, { event: 'canvas', ...step } as CanvasAction),
    BLANK_CANVAS,
  )!;
const down = (x: number, y: number): Step => ({ to: 'down', point: [x, y] });
const drag = (x: number, y: number): Step => ({ to: 'drag', point: [x, y] });
const move = (x: number, y: number): Step => ({ to: 'move', by: [x, y], cells: 28 });

describe('the canvas', () => {
  test('a stroke is finished when the pen is lifted, or put down elsewhere', () => {
    const { strokes, stroke } = play(down(1, 1), drag(2, 2), { to: 'up' }, drag(9, 9), down(3, 3), down(4, 4));
    expect(strokes).toEqual([
      [
        [1, 1],
        [2, 2],
      ],
      [[3, 3]],
    ]);
    expect(stroke).toEqual([[4, 4]]);
  });

  test('keys move by a cell, from the middle of one to that of the next, and not beyond the edge', () => {
    expect(play(move(1, 0), move(0, -1)).cursor).toEqual([155, 135]);
    expect(play(...Array<Step>(99).fill(move(-1, 1))).cursor).toEqual([5, SIDE - 5]);
    const { strokes } = play({ to: 'pen' }, move(1, 0), move(1, 0), { to: 'pen' }, move(1, 0));
    expect(strokes).toEqual([
      [
        [140, 140],
        [155, 145],
        [165, 145],
      ],
    ]);
  });

  test('the stroke that is being drawn is the first to be taken back', () => {
    const drawn = [down(1, 1), { to: 'up' }, down(2, 2), { to: 'up' }, down(3, 3)] as const;
    expect(play(...drawn, { to: 'undoStroke' })).toMatchObject({ strokes: [[[1, 1]], [[2, 2]]], stroke: null });
    expect(play(...drawn, { to: 'undoStroke' }, { to: 'undoStroke' }).strokes).toEqual([[[1, 1]]]);
    expect(play(...drawn, { to: 'clear' })).toMatchObject({ strokes: [], stroke: null });
  });

  test('closed, it is nothing, and whatever happens then is ignored', () => {
    const closed = reduceCanvas(BLANK_CANVAS, { event: 'canvas', to: 'close' });
    expect(closed).toBeNull();
    expect(reduceCanvas(closed, { event: 'canvas', to: 'up' })).toBeNull();
    expect(reduceCanvas(closed, { event: 'canvas', to: 'open' })).toBe(BLANK_CANVAS);
  });

  test('steps along cells are smoothed when they are read, but not the ends, and no short strokes', () => {
    const steps = Array.from({ length: 10 }, (_, index): Point => [5 * index, 10 * Math.floor(index / 2)]);
    const [line] = drawnStrokes({ strokes: [steps] });
    expect([line![0], line!.at(-1)]).toEqual([steps[0], steps.at(-1)]);
    const rises = line!.slice(3, 8).map(([, y], index) => y - line![index + 2]![1]);
    // Not 0 and 10 in turn.
    for (const rise of rises) expect(Math.abs(rise - 5)).toBeLessThan(1);
    expect(drawnStrokes({ strokes: [steps.slice(0, 3)] })).toEqual([steps.slice(0, 3)]);
  });
});

describe('the picture of the canvas', () => {
  const strokes = [
    [
      [0, 10],
      [SIDE - 1, 10],
    ],
    [[SIDE / 2, SIDE - 1]],
  ] as const;

  test('is where the strokes are, two pixels per cell', () => {
    expect(canvasPicture(strokes, SIDE, 8, 4, true)).toEqual(['▀▀▀▀▀▀▀▀', '        ', '        ', '    ▄   ']);
    const both = [...strokes, [[0, 60]]] as const;
    expect(canvasPicture(both, SIDE, 8, 4, true)[0]).toBe('█▀▀▀▀▀▀▀');
    expect(canvasPicture(both, SIDE, 8, 4, false)[0]).toBe('#+++++++');
  });
});

test.each([
  [60, 20],
  [66, 50],
  [80, 24],
  [120, 36],
  [200, 60],
])('the canvas is square and leaves room for the answers at %dx%d', (width, rows) => {
  const body = { width: width - 2, height: rows - 4 };
  const layout = hereLayout(body);
  expect(layout.columns).toBe(2 * layout.rows);
  expect(layout.top + layout.rows + 1).toBeLessThanOrEqual(body.height);
  expect(layout.columns + 4 + layout.beside).toBe(body.width);
  expect(layout.beside).toBeGreaterThanOrEqual(26);
  expect(layout.rows).toBeGreaterThanOrEqual(13);
});
