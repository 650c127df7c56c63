import type { Drawing, Point } from './drawing.ts';

/** A growing array of numbers. */
class NumberList {
  #values = new Float64Array(1024);
  length = 0;

  push(value: number): void {
    if (this.length === this.#values.length) {
      const larger = new Float64Array(2 * this.length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.length++] = value;
  }

  at(index: number): number {
    return this.#values[index]!;
  }
}

/** Many drawings in a fifth of the memory that arrays of points take. */
export class DrawingStore {
  /** x, y and pressure of all points; pressure is NaN if there is none. */
  readonly #points = new NumberList();
  /** The end of each stroke, as an index of points, and of each drawing, as an index of strokes; both exclusive. */
  readonly #strokeEnds = new NumberList();
  readonly #drawingEnds = new NumberList();

  get length(): number {
    return this.#drawingEnds.length;
  }

  add(drawing: Drawing): void {
    for (const stroke of drawing) {
      for (const [x, y, pressure = Number.NaN] of stroke) {
        this.#points.push(x);
        this.#points.push(y);
        this.#points.push(pressure);
      }
      this.#strokeEnds.push(this.#points.length / 3);
    }
    this.#drawingEnds.push(this.#strokeEnds.length);
  }

  /** `index`: in the order added, from 0. */
  get(index: number): Drawing {
    const strokes: Point[][] = [];
    for (let stroke = startAt(this.#drawingEnds, index); stroke < this.#drawingEnds.at(index); stroke++) {
      const points: Point[] = [];
      for (let point = startAt(this.#strokeEnds, stroke); point < this.#strokeEnds.at(stroke); point++) {
        const [x, y, pressure] = [0, 1, 2].map((field) => this.#points.at(3 * point + field)) as [
          number,
          number,
          number,
        ];
        points.push(Number.isNaN(pressure) ? [x, y] : [x, y, pressure]);
      }
      strokes.push(points);
    }
    return strokes;
  }
}

function startAt(ends: NumberList, index: number): number {
  return index === 0 ? 0 : ends.at(index - 1);
}
