/** The steepest writing that is leveled, and the steps in which slopes are tried. */
const MAX_SLOPE = 0.12;
const COARSE = 0.01;
const FINE = 0.002;
/** More ink than this, in pixels, is sampled. */
const SAMPLES = 60_000;
/** How many rows the height of the picture has. A line of writing fills several. */
const ROWS = 400;
/** A slope counts only if its rows gather the ink this many times as well as level rows. */
const ADVANTAGE = 1.03;

/**
 * How many pixels the writing on a page falls for each pixel to the right: the slope whose rows gather the most ink in the
 * fewest rows. `mask`: [height, width].
 */
export function writingSlope(mask: Uint8Array, width: number, height: number): number {
  let total = 0;
  for (const value of mask) total += value;
  const every = Math.max(1, Math.floor(total / SAMPLES));
  const xs: number[] = [];
  const ys: number[] = [];
  let seen = 0;
  for (let at = 0; at < mask.length; at++) {
    if (mask[at] === 0 || seen++ % every !== 0) continue;
    xs.push(at % width);
    ys.push(Math.floor(at / width));
  }
  const row = Math.max(1, height / ROWS);
  const offset = MAX_SLOPE * width;
  const counts = new Float64Array(Math.ceil((height + 2 * offset) / row) + 1);
  const gathered = (slope: number) => {
    counts.fill(0);
    for (let i = 0; i < xs.length; i++) counts[Math.floor((ys[i]! - slope * xs[i]! + offset) / row)]!++;
    let sum = 0;
    for (const count of counts) sum += count * count;
    return sum;
  };
  const level = gathered(0);
  let best = { slope: 0, score: ADVANTAGE * level };
  const look = (from: number, to: number, step: number) => {
    for (let slope = from; slope <= to + step / 2; slope += step) {
      if (Math.abs(slope) > MAX_SLOPE) continue;
      const score = gathered(slope);
      if (score > best.score) best = { slope, score };
    }
  };
  look(-MAX_SLOPE, MAX_SLOPE, COARSE);
  if (best.slope !== 0) look(best.slope - COARSE, best.slope + COARSE, FINE);
  else look(-COARSE, COARSE, FINE);
  return best.slope;
}
