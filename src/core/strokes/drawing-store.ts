import type { Drawing, Point } from './drawing.ts';

/** Numbers that more can be added to. */
class Numbers {
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

/** Many drawings in a fifth of the memory that as many arrays of points take. */
export class DrawingStore {
  /** x, y and pressure (NaN for none) of all points. */
  readonly #points = new Numbers();
  /** For each stroke, the point it ends before; for each drawing, the stroke. */
  readonly #strokeEnds = new Numbers();
  readonly #drawingEnds = new Numbers();

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

  /** The drawing that was added as the `index`-th, from 0. */
  get(index: number): Drawing {
    const strokes: Point[][] = [];
    for (let stroke = before(this.#drawingEnds, index); stroke < this.#drawingEnds.at(index); stroke++) {
      const points: Point[] = [];
      for (let point = before(this.#strokeEnds, stroke); point < this.#strokeEnds.at(stroke); point++) {
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

function before(ends: Numbers, index: number): number {
  return index === 0 ? 0 : ends.at(index - 1);
}
