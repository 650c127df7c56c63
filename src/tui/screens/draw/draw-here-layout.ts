import { IMAGE_SIZE } from '../../../core/images/image-size.ts';

/** Columns between the canvas and what stands beside it. */
export const SIDE_GAP = 2;
/** Columns beside the canvas at least: for the bars, with short labels. */
const MIN_BESIDE = 26;
/** A larger canvas is hard to draw on with keys. */
const MAX_ROWS = 40;
/** Lines of the answers with their heading, one after the other or with lines between. */
const CLOSE_BARS = 6;
const LOOSE_BARS = 11;
/** Lines for notes on the answers. */
const NOTES = 3;

export interface HereLayout {
  /** The cells to draw on, in the body; a line or column of the frame lies on each side. Twice as many columns as rows. */
  readonly left: number;
  readonly top: number;
  readonly columns: number;
  readonly rows: number;
  /** The columns beside it. */
  readonly beside: number;
  /** How large the image is that the network sees: as a thumbnail, in its size, or in twice its size. */
  readonly image: 'thumbnail' | 1 | 2;
  /** Whether there is a blank line between the bars. */
  readonly isLoose: boolean;
}

/** Where things are while the user draws in the terminal, in a body of this size. */
export function hereLayout({ width, height }: { width: number; height: number }): HereLayout {
  // The first line is about the model; then the frame of the canvas.
  const rows = Math.min(MAX_ROWS, height - 3, Math.floor((width - 2 - SIDE_GAP - MIN_BESIDE) / 2));
  const columns = 2 * rows;
  const beside = width - columns - 2 - SIDE_GAP;
  const room = height - 1;
  /** The heading and the lines of the image, and a blank line. */
  const imageLines = (scale: number) => 1 + (scale * IMAGE_SIZE) / 2 + 1;
  const fits = (scale: number) => beside >= scale * IMAGE_SIZE && room >= imageLines(scale) + CLOSE_BARS + NOTES;
  const image = fits(2) ? 2 : fits(1) ? 1 : 'thumbnail';
  const isLoose = room >= imageLines(image === 'thumbnail' ? 0.5 : image) + LOOSE_BARS + NOTES;
  return { left: 1, top: 2, columns, rows, beside, image, isLoose };
}
