import * as v from 'valibot';
import { MAX_STROKES } from '../core/server/protocol.ts';
import type { Drawing, Point, Stroke } from '../core/strokes/drawing.ts';

/** Points closer than this to the previous one are dropped. */
const MIN_DISTANCE = 0.8;
const MAX_UNDO = 500;

const EMPTY: Drawing = [];

const coordinate = v.pipe(v.number(), v.finite());
/** A point as stored: x, y, and the pressure if it is known. */
export const pointSchema = v.union([
  v.strictTuple([coordinate, coordinate]),
  v.strictTuple([coordinate, coordinate, coordinate]),
]);
const indices = v.array(v.pipe(v.number(), v.integer(), v.minValue(0)));
export const savedSketchSchema = v.strictObject({
  strokes: v.array(v.pipe(v.array(pointSchema), v.minLength(1))),
  past: v.array(indices),
  finished: indices,
  future: v.array(indices),
});
/** A sketch as plain data. Its drawings refer to strokes by index, since those of the history share most of them. */
export type SavedSketch = v.InferOutput<typeof savedSketchSchema>;

/**
 * The content of the canvas: finished strokes, the stroke being drawn, and the undo history. Clearing can be undone like a
 * stroke. Finished drawings are never mutated, so they can be compared by identity.
 */
export class Sketch {
  /** Called after every change. */
  onChange: () => void = () => {};

  #past: Drawing[] = [];
  #finished = EMPTY;
  #future: Drawing[] = [];
  #live: Point[] | null = null;

  get finished(): Drawing {
    return this.#finished;
  }

  /** The stroke being drawn. */
  get live(): Stroke | null {
    return this.#live;
  }

  /** All strokes, including the one being drawn. */
  get drawing(): Drawing {
    return this.#live ? [...this.#finished, [...this.#live]] : this.#finished;
  }

  get isEmpty(): boolean {
    return this.#finished.length === 0 && !this.#live;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** Puts the pen down. Returns false when the drawing has the maximum number of strokes. */
  begin(point: Point): boolean {
    this.end();
    if (this.#finished.length >= MAX_STROKES) return false;
    this.#live = [rounded(point)];
    this.onChange();
    return true;
  }

  /** Moves the pen. Has no effect while it is up. */
  extend(points: readonly Point[]): void {
    if (!this.#live) return;
    const before = this.#live.length;
    for (const point of points.map(rounded)) {
      const last = this.#live.at(-1)!;
      if (Math.hypot(point[0] - last[0], point[1] - last[1]) >= MIN_DISTANCE) this.#live.push(point);
    }
    if (this.#live.length > before) this.onChange();
  }

  /** Lifts the pen. */
  end(): void {
    if (!this.#live) return;
    const stroke = this.#live;
    this.#live = null;
    this.#change([...this.#finished, stroke]);
  }

  /** Discards the stroke being drawn. */
  cancel(): void {
    if (!this.#live) return;
    this.#live = null;
    this.onChange();
  }

  clear(): void {
    if (this.isEmpty) return;
    this.end();
    this.#change(EMPTY);
  }

  undo(): void {
    this.end();
    const previous = this.#past.pop();
    if (!previous) return;
    this.#future.push(this.#finished);
    this.#finished = previous;
    this.onChange();
  }

  redo(): void {
    const next = this.#live ? undefined : this.#future.pop();
    if (!next) return;
    this.#past.push(this.#finished);
    this.#finished = next;
    this.onChange();
  }

  /** Removes everything, including the history, and returns it for `putBack`. */
  take(): SavedSketch {
    this.end();
    const saved = this.save();
    this.#past = [];
    this.#finished = EMPTY;
    this.#future = [];
    this.onChange();
    return saved;
  }

  /** Restores what `take` returned. Redo then brings back what was drawn since. */
  putBack(saved: SavedSketch): void {
    this.end();
    const since = this.#finished;
    this.restore(saved);
    if (since.length === 0) return;
    this.#future.push(since);
    this.onChange();
  }

  /** The finished strokes and the undo history. */
  save(): SavedSketch {
    const numbers = new Map<Stroke, number>();
    const numbersOf = (drawing: Drawing) =>
      drawing.map((stroke) => {
        const number = numbers.get(stroke) ?? numbers.size;
        numbers.set(stroke, number);
        return number;
      });
    const [past, finished, future] = [
      this.#past.map(numbersOf),
      numbersOf(this.#finished),
      this.#future.map(numbersOf),
    ];
    return { strokes: [...numbers.keys()].map((stroke) => stroke.map(rounded)), past, finished, future };
  }

  /** Replaces everything by what was saved. */
  restore({ strokes, past, finished, future }: SavedSketch): void {
    const drawingOf = (numbers: readonly number[]) =>
      numbers.flatMap((number) => (strokes[number] ? [strokes[number]] : []));
    this.#live = null;
    this.#past = past.map(drawingOf);
    this.#finished = drawingOf(finished);
    this.#future = future.map(drawingOf);
    this.onChange();
  }

  #change(finished: Drawing): void {
    this.#past.push(this.#finished);
    if (this.#past.length > MAX_UNDO) this.#past.shift();
    this.#future = [];
    this.#finished = finished;
    this.onChange();
  }
}

/**
 * Rounded to what the eye can see, which saves storage. Points are rounded when they are drawn, so that a restored drawing is
 * exactly the same, and the server recognizes it.
 */
function rounded(point: Point): SavedSketch['strokes'][number][number] {
  const [x, y, pressure] = point.map((value = 0) => Math.round(value * 100) / 100) as [number, number, number?];
  return pressure === undefined ? [x, y] : [x, y, pressure];
}
