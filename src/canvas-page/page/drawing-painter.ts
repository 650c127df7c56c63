import type { Drawing, Point, Stroke } from '../../core/strokes/drawing.ts';
import { CANVAS_UNITS } from '../sketch.ts';

/** As wide as a felt pen when one letter fills the paper. */
const STROKE_WIDTH = 30;
/** Turns of more than 60 degrees are corners. */
const CORNER_COSINE = 0.5;
const CURSOR_RADIUS = 26;

/** The pen that the keyboard moves. */
export interface Cursor {
  readonly x: number;
  readonly y: number;
  readonly down: boolean;
}

/**
 * Paints a drawing on a canvas, sharp at any device pixel ratio. Finished strokes are cached on a second canvas, so that
 * a frame costs no more than the stroke being drawn.
 */
export class DrawingPainter {
  readonly #canvas: HTMLCanvasElement;
  readonly #context: CanvasRenderingContext2D;
  readonly #layer: HTMLCanvasElement;
  readonly #layerContext: CanvasRenderingContext2D;
  #painted: Drawing | null = null;

  constructor(canvas: HTMLCanvasElement) {
    this.#canvas = canvas;
    this.#layer = document.createElement('canvas');
    this.#context = contextOf(canvas);
    this.#layerContext = contextOf(this.#layer);
  }

  /** Adopts the canvas's current size and colors. The next `paint` repaints everything. */
  refresh(): void {
    const size = Math.max(1, Math.round(this.#canvas.clientWidth * window.devicePixelRatio));
    for (const canvas of [this.#canvas, this.#layer]) {
      canvas.width = size;
      canvas.height = size;
    }
    this.#painted = null;
  }

  paint(finished: Drawing, live: Stroke | null, cursor: Cursor | null): void {
    const style = getComputedStyle(this.#canvas);
    const size = this.#canvas.width;
    if (this.#painted !== finished) {
      prepare(this.#layerContext, size, style.color);
      for (const stroke of finished) paintStroke(this.#layerContext, stroke);
      this.#painted = finished;
    }
    prepare(this.#context, size, style.color);
    this.#context.save();
    this.#context.resetTransform();
    this.#context.drawImage(this.#layer, 0, 0);
    this.#context.restore();
    if (live) paintStroke(this.#context, live);
    if (cursor) paintCursor(this.#context, cursor, style.accentColor);
  }
}

function contextOf(canvas: HTMLCanvasElement): CanvasRenderingContext2D {
  const context = canvas.getContext('2d');
  if (!context) throw new Error('This browser does not support drawing on a canvas.');
  return context;
}

function prepare(context: CanvasRenderingContext2D, size: number, color: string): void {
  context.resetTransform();
  context.clearRect(0, 0, size, size);
  context.scale(size / CANVAS_UNITS, size / CANVAS_UNITS);
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.strokeStyle = color;
  context.fillStyle = color;
}

/** Pressure scales the width from 0.5 to 1.5. */
function widthAt([, , pressure = 0.5]: Point): number {
  return STROKE_WIDTH * (0.5 + pressure);
}

/**
 * Draws quadratic curves from midpoint to midpoint with the points as control points, which leaves no corners, except at
 * sharp turns: these are intentional, and are drawn as the network sees them.
 */
function paintStroke(context: CanvasRenderingContext2D, stroke: Stroke): void {
  const first = stroke[0]!;
  if (stroke.length === 1) {
    context.beginPath();
    context.arc(first[0], first[1], widthAt(first) / 2, 0, 2 * Math.PI);
    context.fill();
    return;
  }
  let [x, y] = first;
  context.beginPath();
  context.moveTo(x, y);
  context.lineWidth = widthAt(first);
  for (let index = 1; index < stroke.length; index++) {
    const point = stroke[index]!;
    const next = stroke[index + 1];
    const width = widthAt(point);
    if (width !== context.lineWidth) {
      context.stroke();
      context.beginPath();
      context.moveTo(x, y);
      context.lineWidth = width;
    }
    if (!next || isCorner(stroke[index - 1]!, point, next)) {
      [x, y] = point;
      context.lineTo(x, y);
    } else {
      [x, y] = [(point[0] + next[0]) / 2, (point[1] + next[1]) / 2];
      context.quadraticCurveTo(point[0], point[1], x, y);
    }
  }
  context.stroke();
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
