import type { Sketch } from './sketch.ts';

/** Where the keyboard's pen starts, and how wide strokes are, in units. */
interface SheetSettings {
  readonly start: readonly [x: number, y: number];
  readonly penWidth: number;
  /** A strip of any width instead of a square. */
  readonly isStrip?: boolean;
}

/** The height of a sheet in units that do not depend on its size on screen, so that a drawing survives resizing. */
export const SHEET_UNITS = 1000;

/** White to the right of the ink, in units, where a strip is too narrow for what was written on it. */
const MARGIN = 100;

/** A sketch and the sheet that it is drawn on: a square for a character, or a strip for a line of writing. */
export class Sheet {
  readonly sketch: Sketch;
  readonly start: SheetSettings['start'];
  readonly penWidth: number;
  readonly #isStrip: boolean;
  #unit = 1;
  #width = SHEET_UNITS;
  #height = SHEET_UNITS;

  constructor(sketch: Sketch, { start, penWidth, isStrip = false }: SheetSettings) {
    this.sketch = sketch;
    this.start = start;
    this.penWidth = penWidth;
    this.#isStrip = isStrip;
  }

  /** Adopts its size on screen, in pixels. On a strip that is too narrow, everything is scaled down, so that all ink is visible. */
  fit(width: number, height: number): void {
    const unit = this.#isStrip ? SHEET_UNITS / height : SHEET_UNITS / width;
    this.#unit = this.#isStrip && width > 0 ? Math.max(unit, this.#needed / width) : unit;
    this.#width = width * this.#unit;
    this.#height = height * this.#unit;
  }

  /** Units for each pixel of the screen. */
  get unit(): number {
    return this.#unit;
  }

  /** In units. */
  get width(): number {
    return this.#width;
  }

  /** In units; more than `SHEET_UNITS` where everything is smaller. */
  get height(): number {
    return this.#height;
  }

  get #needed(): number {
    const right = this.sketch.finished.flat().reduce((most, [x]) => Math.max(most, x), 0);
    return right === 0 ? 0 : right + MARGIN;
  }
}
