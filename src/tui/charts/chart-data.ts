import type { Style } from '../theme/theme.ts';
import type { Series } from './series.ts';

/** A value at an epoch. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface ChartLine {
  /** Points are in the order of their epochs, and connected. Values that are not finite are left out. */
  readonly values: Series | readonly Point[];
  /** Smooths a series: an average of the values so far, where those that are this many epochs back count 1/e as much. */
  readonly smoothing?: number;
  readonly style: Style;
  /** How the line is told from others without color. Default: `solid`. */
  readonly shape?: 'solid' | 'dotted';
  /** Drawn as gray points behind the other lines. The y axis may be too short for it. */
  readonly dim?: boolean;
}

/** One character in front of the lines, at a value. */
export interface ChartMark extends Point {
  /** One column wide. */
  readonly glyph: string;
  readonly style: Style;
  /** Text beside it. Left out if it would cover anything, or if the legend has room for all that it could say. */
  readonly label?: string;
}

export interface LegendItem {
  /** What the line or the marks look like. */
  readonly sample: string;
  readonly name: string;
  readonly style: Style;
  /** The first to go if there is not enough room. */
  readonly optional?: boolean;
  /** The name may be shortened: the user chose it. */
  readonly clips?: boolean;
}

/** Lines and marks over the epochs. What comes later is drawn over what comes before. */
export interface ChartData {
  readonly title: string;
  readonly legend: readonly LegendItem[];
  readonly lines: readonly ChartLine[];
  readonly marks: readonly ChartMark[];
  /** The range of the x axis, in epochs. */
  readonly from: number;
  readonly to: number;
  /** The label of a value on the y axis, exact to a number of decimals. */
  readonly format: (value: number, decimals: number) => string;
  /**
   * Where the first values of a run are: the loss starts high, the accuracy low. On a linear scale, the y axis may leave out a
   * tenth of a series' columns on that side, so that the others remain distinguishable.
   */
  readonly farSide?: 'low' | 'high';
  /** Bounds of the y axis, for values that cannot exceed them. */
  readonly lowest?: number;
  readonly highest?: number;
}

/** How charts are drawn. */
export interface ChartLook {
  /** Braille has 2x4 dots in a cell, where the terminal can show it; otherwise, lines are drawn by asciichart. */
  readonly style: 'braille' | 'lines';
  /** Of the y axis. On a logarithmic one, values of 0 or less are left out. */
  readonly scale: 'linear' | 'log';
}
