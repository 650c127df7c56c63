import type { Drawing, Point, Stroke } from '../../core/strokes/drawing.ts';
import { penWidthFactor } from '../../core/strokes/pen-width.ts';
import type { Sheet } from '../sheet.ts';

/** Turns of more than 60 degrees are corners. */
const CORNER_COSINE = 0.5;
const CURSOR_RADIUS = 26;

/** The pen that the keyboard moves. */
export interface Cursor {
  readonly x: number;
  readonly y: number;
  readonly down: boolean;
}

/** How far a stroke is painted. */
interface Progress {
  readonly stroke: Stroke;
  /** The index of the point that the next curve leads to. */
  next: number;
  /** Where the last curve ended. */
  x: number;
  y: number;
}

/**
 * Paints a drawing on a canvas, sharp at any device pixel ratio. What will no longer change is kept on a second canvas
 * and continued there, so that a frame costs the same however long the drawing and the stroke being drawn are.
 */
export class DrawingPainter {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #layer: HTMLCanvasElement;
  readonly #layerContext: CanvasRenderingContext2D;
  /** The strokes on the layer, in order. */
  #painted: Progress[] = [];
  #cursorColor = '';
  #sheet: Pick<Sheet, 'width' | 'height' | 'penWidth'> = { width: 1, height: 1, penWidth: 1 };

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#layer = document.createElement('canvas');
    this.#context = contextOf(canvas);
    this.#layerContext = contextOf(this.#layer);
  }

  /** Adopts the canvas's current size and colors, and the sheet, which fits this size. The next `paint` repaints everything. */
  refresh({ width, height, penWidth }: Sheet): void {
    const pixels = (side: number) => Math.max(1, Math.round(side * window.devicePixelRatio));
    const [across, down] = [pixels(this.#canvas.clientWidth), pixels(this.#canvas.clientHeight)];
    const { color, accentColor } = getComputedStyle(this.#canvas);
    for (const context of [this.#context, this.#layerContext]) {
      context.canvas.width = across;
      context.canvas.height = down;
      context.scale(across / width, down / height);
      context.lineCap = 'round';
      context.lineJoin = 'round';
      context.strokeStyle = color;
      context.fillStyle = color;
    }
    this.#cursorColor = accentColor;
    this.#sheet = { width, height, penWidth };
    this.#painted = [];
  }

  paint(finished: Drawing, live: Stroke | null, cursor: Cursor | null): void {
    const strokes = live ? [...finished, live] : finished;
    const pen = this.#sheet.penWidth;
    if (this.#painted.some(({ stroke }, index) => stroke !== strokes[index])) {
      this.#painted = [];
      this.#clear(this.#layerContext);
    }
    for (const [index, stroke] of strokes.entries()) {
      this.#painted[index] ??= { stroke, next: 0, x: 0, y: 0 };
      // The last curve of the stroke being drawn depends on where it continues.
      paintStroke(this.#layerContext, this.#painted[index], stroke === live ? stroke.length - 1 : stroke.length, pen);
    }
    this.#clear(this.#context);
    this.#context.save();
    this.#context.resetTransform();
    this.#context.drawImage(this.#layer, 0, 0);
    this.#context.restore();
    const progress = this.#painted.at(-1);
    if (live && progress) paintStroke(this.#context, { ...progress }, live.length, pen);
    if (cursor) paintCursor(this.#context, cursor, this.#cursorColor);
  }

  #clear(context: CanvasRenderingContext2D): void {
    context.clearRect(0, 0, this.#sheet.width, this.#sheet.height);
  }
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser does not support drawing on a canvas.');
  return context;
}

/**
 * Paints a stroke further, up to the point before `end`. Draws quadratic curves from midpoint to midpoint with the points
 * as control points, which leaves no corners, except at sharp turns: these are intentional, and are drawn as the network
 * sees them.
 */
function paintStroke(context: CanvasRenderingContext2D, progress: Progress, end: number, pen: number): void {
  const { stroke } = progress;
  if (progress.next >= end) return;
  if (stroke.length === 1) {
    paintDot(context, stroke[0]!, pen);
    progress.next = 1;
    return;
  }
  if (progress.next === 0) {
    [progress.x, progress.y] = stroke[0]!;
    progress.next = 1;
  }
  context.beginPath();
  context.moveTo(progress.x, progress.y);
  context.lineWidth = pen * penWidthFactor(stroke[progress.next]![2]);
  for (; progress.next < end; progress.next++) {
    const point = stroke[progress.next]!;
    const following = stroke[progress.next + 1];
    const width = pen * penWidthFactor(point[2]);
    if (width !== context.lineWidth) {
      context.stroke();
      context.beginPath();
      context.moveTo(progress.x, progress.y);
      context.lineWidth = width;
    }
    if (!following || isCorner(stroke[progress.next - 1]!, point, following)) {
      [progress.x, progress.y] = point;
      context.lineTo(progress.x, progress.y);
    } else {
      [progress.x, progress.y] = [(point[0] + following[0]) / 2, (point[1] + following[1]) / 2];
      context.quadraticCurveTo(point[0], point[1], progress.x, progress.y);
    }
  }
  context.stroke();
}

function paintDot(context: CanvasRenderingContext2D, point: Point, pen: number): void {
  context.beginPath();
  context.arc(point[0], point[1], (pen * penWidthFactor(point[2])) / 2, 0, 2 * Math.PI);
  context.fill();
}

function isCorner(before: Point, point: Point, next: Point): boolean {
  const [ax, ay] = [point[0] - before[0], point[1] - before[1]];
  const [bx, by] = [next[0] - point[0], next[1] - point[1]];
  return ax * bx + ay * by < CORNER_COSINE * Math.hypot(ax, ay) * Math.hypot(bx, by);
}

function paintCursor(context: CanvasRenderingContext2D, { x, y, down }: Cursor, color: string): void {
  context.save();
  context.strokeStyle = color;
  context.fillStyle = color;
  context.lineWidth = 6;
  context.beginPath();
  context.arc(x, y, CURSOR_RADIUS, 0, 2 * Math.PI);
  context.stroke();
  context.beginPath();
  if (down) {
    context.arc(x, y, CURSOR_RADIUS / 2, 0, 2 * Math.PI);
    context.fill();
  } else {
    context.moveTo(x - CURSOR_RADIUS / 2, y);
    context.lineTo(x + CURSOR_RADIUS / 2, y);
    context.moveTo(x, y - CURSOR_RADIUS / 2);
    context.lineTo(x, y + CURSOR_RADIUS / 2);
    context.stroke();
  }
  context.restore();
}
