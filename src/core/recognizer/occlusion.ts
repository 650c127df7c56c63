import { IMAGE_SIZE } from '../images/image-size.ts';
import { INFLUENCE_SIZE } from '../inspection.ts';

/** Pixels of a cell of the map. */
const CELL = IMAGE_SIZE / INFLUENCE_SIZE;
/** The side of a patch in cells: twice as wide as a stroke, so that it interrupts it. */
const PATCH = 3;
/** Cells from one patch to the next. */
const STEP = 2;
/** The least ink in a patch, as the sum of its pixels; less makes no difference. */
const LEAST_INK = 128;
/** Log-odds below which a map is not stretched to its full range: differences this small are of no importance. */
const LEAST_DIFFERENCE = 0.25;

/** An image with a patch painted as paper. */
export interface Occlusion {
  /** The indices of the cells that the patch covers, in a map of 14x14. */
  readonly cells: readonly number[];
  /** Bytes, [28, 28]. */
  readonly image: Uint8Array;
}

/** The image without the ink of each patch that has some (Zeiler & Fergus 2014, arXiv 1311.2901). Patches overlap. */
export function occlusions(image: Uint8Array): Occlusion[] {
  const found: Occlusion[] = [];
  for (let top = 1 - STEP; top < INFLUENCE_SIZE; top += STEP) {
    for (let left = 1 - STEP; left < INFLUENCE_SIZE; left += STEP) {
      const cells = cellsOfPatch(left, top);
      const painted = Uint8Array.from(image);
      let ink = 0;
      for (const pixel of cells.flatMap(pixelsOfCell)) {
        ink += painted[pixel]!;
        painted[pixel] = 0;
      }
      if (ink >= LEAST_INK) found.push({ cells, image: painted });
    }
  }
  return found;
}

/**
 * The influence map of the log-odds of a class: how much they drop on average when a cell is covered, relative to the largest
 * average.
 *
 * @param drops for each of the occlusions, in natural logarithms
 */
export function influenceMap(occluded: readonly Pick<Occlusion, 'cells'>[], drops: readonly number[]): Float32Array {
  const sums = new Float64Array(INFLUENCE_SIZE ** 2);
  const counts = new Uint8Array(sums.length);
  occluded.forEach(({ cells }, index) => {
    for (const cell of cells) {
      sums[cell]! += drops[index]!;
      counts[cell]!++;
    }
  });
  const means = sums.map((sum, cell) => sum / Math.max(1, counts[cell]!));
  const strongest = means.reduce((most, mean) => Math.max(most, Math.abs(mean)), LEAST_DIFFERENCE);
  return Float32Array.from(means, (mean) => mean / strongest);
}

function cellsOfPatch(left: number, top: number): number[] {
  const cells: number[] = [];
  for (let y = Math.max(0, top); y < Math.min(INFLUENCE_SIZE, top + PATCH); y++) {
    for (let x = Math.max(0, left); x < Math.min(INFLUENCE_SIZE, left + PATCH); x++) cells.push(y * INFLUENCE_SIZE + x);
  }
  return cells;
}

function pixelsOfCell(cell: number): number[] {
  const first = Math.floor(cell / INFLUENCE_SIZE) * CELL * IMAGE_SIZE + (cell % INFLUENCE_SIZE) * CELL;
  return Array.from({ length: CELL * CELL }, (_, index) => {
    return first + Math.floor(index / CELL) * IMAGE_SIZE + (index % CELL);
  });
}
