import type { Drawing, Point, Stroke } from '../../../core/strokes/drawing.ts';

/** The side of the canvas, which is square, in the unit of its points: about as fine as the pixels of the canvas page. */
export const SIDE = 280;
/** A stroke with fewer points has nothing to smooth. */
const MIN_SMOOTHED = 5;

/** What is drawn in the terminal. It has no size in cells, since the terminal may change its size. */
export interface Canvas {
  readonly strokes: Drawing;
  /** The stroke being drawn; null while the pen is up. */
  readonly stroke: Stroke | null;
  /** Where the keys move the pen from. */
  readonly cursor: Point;
  /** Whether the keys were used last, and not the mouse. */
  readonly hasCursor: boolean;
}

export type CanvasAction = { event: 'canvas' } & (
  | { to: 'open' | 'close' }
  /** The pen of the mouse: put down, moved, lifted. */
  | { to: 'down' | 'drag'; point: Point }
  | { to: 'up' }
  /** Puts the pen of the keys down, or lifts it. */
  | { to: 'pen' }
  /** Moves that pen by cells of a grid that has so many on each side. */
  | { to: 'move'; by: readonly [x: number, y: number]; cells: number }
  | { to: 'undoStroke' | 'clear' }
);

export const BLANK_CANVAS: Canvas = { strokes: [], stroke: null, cursor: [SIDE / 2, SIDE / 2], hasCursor: true };

/** @param canvas null while nobody draws in the terminal */
export function reduceCanvas(canvas: Canvas | null, action: CanvasAction): Canvas | null {
  if (action.to === 'open') return canvas ?? BLANK_CANVAS;
  if (action.to === 'close' || canvas === null) return null;
  switch (action.to) {
    case 'down':
      return { ...lifted(canvas), stroke: [action.point], cursor: action.point, hasCursor: false };
    case 'drag':
      if (canvas.stroke === null) return canvas;
      return { ...canvas, stroke: extended(canvas.stroke, action.point), cursor: action.point };
    case 'up':
      return lifted(canvas);
    case 'pen':
      return { ...(canvas.stroke ? lifted(canvas) : { ...canvas, stroke: [canvas.cursor] }), hasCursor: true };
    case 'move': {
      const [x, y] = canvas.cursor;
      const cursor: Point = [moved(x, action.by[0], action.cells), moved(y, action.by[1], action.cells)];
      return { ...canvas, stroke: canvas.stroke && extended(canvas.stroke, cursor), cursor, hasCursor: true };
    }
    case 'undoStroke':
      if (canvas.stroke) return { ...canvas, stroke: null };
      return { ...canvas, strokes: canvas.strokes.slice(0, -1) };
    case 'clear':
      return { ...canvas, strokes: [], stroke: null };
  }
}

/** The finished strokes as they are read: a path along the cells of a terminal has steps, which no pen draws. */
export function drawnStrokes({ strokes }: Pick<Canvas, 'strokes'>): Drawing {
  return strokes.map((stroke) => smoothed(smoothed(stroke)));
}

function lifted(canvas: Canvas): Canvas {
  if (canvas.stroke === null) return canvas;
  return { ...canvas, strokes: [...canvas.strokes, canvas.stroke], stroke: null };
}

function extended(stroke: Stroke, point: Point): Stroke {
  const [x, y] = stroke.at(-1)!;
  return x === point[0] && y === point[1] ? stroke : [...stroke, point];
}

/** The middle of the cell that is so many cells from the one at `at`. */
function moved(at: number, by: number, cells: number): number {
  const cell = Math.min(cells - 1, Math.max(0, Math.floor((at * cells) / SIDE) + by));
  return ((cell + 0.5) * SIDE) / cells;
}

/** Each point but the first and the last moves to the mean of itself and its neighbors. */
function smoothed(stroke: Stroke): Stroke {
  if (stroke.length < MIN_SMOOTHED) return stroke;
  const mean = (values: readonly number[]) => Math.round((values.reduce((sum, value) => sum + value, 0) / 3) * 10) / 10;
  return stroke.map((point, index) => {
    const neighbors = stroke.slice(index - 1, index + 2);
    if (index === 0 || index === stroke.length - 1) return point;
    return [mean(neighbors.map(([x]) => x)), mean(neighbors.map(([, y]) => y))];
  });
}
