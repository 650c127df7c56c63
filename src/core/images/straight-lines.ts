/** A straight, nearly horizontal line of ink. In a transposed picture it is a nearly vertical one. */
export interface StraightLine {
  /** First and last column. */
  readonly from: number;
  readonly to: number;
  /** Its middle in a column is at `offset + slope * column`. */
  readonly slope: number;
  readonly offset: number;
  /** In pixels. */
  readonly thickness: number;
}

/** The steepest line that is found: 7 degrees. */
const MAX_SLOPE = 0.12;
/** Thicker lines, relative to the shorter side of the picture, are areas. */
const MAX_THICKNESS = 0.08;
/** A column in which the ink is more than this many times as thick belongs to a stroke that crosses the line. */
export const CROSSING = 1.6;
/** The most columns in a row that strokes may hide, relative to the width of the picture, and the share of all that they may. */
const MAX_HIDDEN = 0.2;
const MAX_HIDDEN_SHARE = 0.5;
/** How far the middle may be from the fitted line, relative to the thickness. */
const MAX_BEND = 0.6;
/** The share of the columns between two pieces of a line that may be without ink. */
const MAX_OPEN = 0.2;
/** Pieces of a line are at least this long, relative to the length that the line must have. */
const MIN_PIECE = 0.4;
/** How many columns back the direction is measured from. */
const LOOK_BACK = 40;

/** Vertical runs of ink, column by column. */
interface Runs {
  /** The index of each column's first run, [width + 1]. */
  first: Int32Array;
  /** First row of each run, and the row after its last one. */
  top: Int32Array;
  bottom: Int32Array;
}

/**
 * Finds straight, nearly horizontal lines of at least `minLength` columns in a mask, [height, width], by following runs of
 * ink of about the same thickness from column to column. Strokes that cross a line hide it for some columns, as in the
 * removal of staff lines from music (Dalitz et al. 2008).
 */
export function findStraightLines(mask: Uint8Array, width: number, height: number, minLength: number): StraightLine[] {
  const runs = verticalRuns(mask, width, height);
  const maxThickness = Math.max(4, MAX_THICKNESS * Math.min(width, height));
  const used = new Uint8Array(runs.top.length);
  const pieces: StraightLine[] = [];
  const minPiece = MIN_PIECE * minLength;
  for (let column = 0; column + minPiece <= width; column++) {
    for (let run = runs.first[column]!; run < runs.first[column + 1]!; run++) {
      if (used[run] || runs.bottom[run]! - runs.top[run]! > maxThickness) continue;
      const followed = follow(runs, column, run, width, maxThickness);
      const line = followed.columns.length < 2 ? null : fitLine(followed);
      if (!line || line.to - line.from < minPiece) continue;
      for (const own of followed.runs) used[own] = 1;
      pieces.push(line);
    }
  }
  return joinPieces(pieces, runs).filter((line) => line.to - line.from >= minLength);
}

/** Joins pieces that continue each other: between them, strokes hide the line. */
function joinPieces(pieces: readonly StraightLine[], runs: Runs): StraightLine[] {
  const lines: StraightLine[] = [];
  for (const piece of [...pieces].sort((a, b) => a.from - b.from)) {
    const before = lines.findIndex((line) => continues(line, piece, runs));
    if (before < 0) {
      lines.push(piece);
      continue;
    }
    const line = lines[before]!;
    const middle = (one: StraightLine) => one.offset + (one.slope * (one.from + one.to)) / 2;
    const distance = (piece.from + piece.to - line.from - line.to) / 2;
    const slope = distance > 0 ? (middle(piece) - middle(line)) / distance : line.slope;
    lines[before] = {
      from: line.from,
      to: Math.max(line.to, piece.to),
      slope,
      offset: middle(line) - (slope * (line.from + line.to)) / 2,
      thickness: Math.max(line.thickness, piece.thickness),
    };
  }
  return lines;
}

function continues(line: StraightLine, piece: StraightLine, runs: Runs): boolean {
  const gap = piece.from - line.to;
  const length = Math.max(line.to - line.from, piece.to - piece.from);
  if (gap > 2 * length || piece.thickness > CROSSING * line.thickness + 1) return false;
  const row = (one: StraightLine) => one.offset + one.slope * ((line.to + piece.from) / 2);
  if (Math.abs(row(line) - row(piece)) > 1.5 + 0.5 * line.thickness + 0.01 * Math.max(0, gap)) return false;
  // Only ink can hide a line.
  let open = 0;
  for (let column = line.to + 1; column < piece.from; column++) {
    if (runAt(runs, column, Math.round((row(line) + row(piece)) / 2)) === null) open++;
  }
  return open <= MAX_OPEN * gap + 2;
}

/** The run of a column that contains a row, or is next to it. */
export function runAt(runs: Runs, column: number, row: number): number | null {
  for (let run = runs.first[column]!; run < runs.first[column + 1]!; run++) {
    if (runs.top[run]! - 1 <= row && row <= runs.bottom[run]!) return run;
  }
  return null;
}

/** The runs of ink in each column of a mask. */
export function verticalRuns(mask: Uint8Array, width: number, height: number): Runs {
  const first = new Int32Array(width + 1);
  const top: number[] = [];
  const bottom: number[] = [];
  for (let x = 0; x < width; x++) {
    first[x] = top.length;
    let inside = false;
    for (let y = 0; y < height; y++) {
      const ink = mask[y * width + x] === 1;
      if (ink && !inside) top.push(y);
      if (!ink && inside) bottom.push(y);
      inside = ink;
    }
    if (inside) bottom.push(height);
  }
  first[width] = top.length;
  return { first, top: Int32Array.from(top), bottom: Int32Array.from(bottom) };
}

interface Followed {
  columns: number[];
  middles: number[];
  thicknesses: number[];
  runs: number[];
}

function follow(runs: Runs, start: number, startRun: number, width: number, maxThickness: number): Followed {
  const columns: number[] = [];
  const middles: number[] = [];
  const thicknesses: number[] = [];
  const own: number[] = [];
  let thickness = runs.bottom[startRun]! - runs.top[startRun]!;
  let run: number | null = startRun;
  let hidden = 0;
  for (let column = start; column < width; ) {
    const length = run === null ? 0 : runs.bottom[run]! - runs.top[run]!;
    if (run !== null && length <= Math.min(maxThickness, CROSSING * thickness + 1)) {
      columns.push(column);
      middles.push((runs.top[run]! + runs.bottom[run]! - 1) / 2);
      thicknesses.push(length);
      own.push(run);
      hidden = 0;
      // The mean of what was seen so far adapts to lines whose first column is not typical.
      thickness += (length - thickness) / Math.min(columns.length, LOOK_BACK);
    } else {
      hidden++;
      if (hidden > (run === null ? 2 + 2 * thickness : MAX_HIDDEN * width)) break;
    }
    column++;
    if (column === width) break;
    const last = columns.length - 1;
    const back = Math.max(0, last - LOOK_BACK);
    const direction = last - back < 8 ? 0 : (middles[last]! - middles[back]!) / (columns[last]! - columns[back]!);
    if (Math.abs(direction) > 2 * MAX_SLOPE) break;
    const expected = middles[last]! + direction * (column - columns[last]!);
    run = runAt(runs, column, Math.round(expected));
    if (run !== null && runs.bottom[run]! - runs.top[run]! <= CROSSING * thickness + 1) {
      const middle = (runs.top[run]! + runs.bottom[run]! - 1) / 2;
      if (Math.abs(middle - expected) > 1 + thickness / 2) run = null;
    }
  }
  return { columns, middles, thicknesses, runs: own };
}

/** The least-squares line through the middles, or null if they are not on one or are too few. */
function fitLine({ columns, middles, thicknesses }: Followed): StraightLine | null {
  const count = columns.length;
  const from = columns[0]!;
  const to = columns.at(-1)!;
  if (count < (1 - MAX_HIDDEN_SHARE) * (to - from + 1)) return null;
  const meanX = columns.reduce((sum, x) => sum + x, 0) / count;
  const meanY = middles.reduce((sum, y) => sum + y, 0) / count;
  let xy = 0;
  let xx = 0;
  columns.forEach((x, i) => {
    xy += (x - meanX) * (middles[i]! - meanY);
    xx += (x - meanX) ** 2;
  });
  const slope = xx === 0 ? 0 : xy / xx;
  if (Math.abs(slope) > MAX_SLOPE) return null;
  const offset = meanY - slope * meanX;
  const thickness = [...thicknesses].sort((a, b) => a - b)[Math.floor(count / 2)]!;
  const allowed = Math.max(1.5, MAX_BEND * thickness, 0.006 * (to - from));
  const bent = columns.filter((x, i) => Math.abs(middles[i]! - offset - slope * x) > allowed).length;
  return bent > 0.05 * count ? null : { from, to, slope, offset, thickness };
}
