import type { Evaluation, MistakeChoice } from '../evaluate/evaluation.ts';

/** How often each class was read as each class. */
export interface ConfusionMatrix {
  /** Of rows and columns, in class order; classes that have no images and that nothing was read as are left out. */
  readonly labels: readonly string[];
  /** Images by true and by predicted class, [labels, labels]. */
  readonly counts: Uint32Array;
  /** The images of each class, [labels]. */
  readonly images: readonly number[];
}

/** A cell: the class in the row was read as that in the column. */
export interface Cell {
  readonly row: number;
  readonly column: number;
}

export type CellAction =
  | { type: 'rows' | 'columns'; by: number }
  /** To the next or previous of the most frequent confusions. */
  | { type: 'confusion'; by: 1 | -1 };

/** The confusion matrix of an evaluation, from its confusions and the accuracy of each class. */
export function confusionMatrix({ perClass, confusions }: Evaluation['end']): ConfusionMatrix {
  const known = perClass.map(({ label }) => label);
  const others = confusions.map(({ predicted }) => predicted).filter((label) => !known.includes(label));
  const labels = [...known, ...new Set(others)];
  const indexOf = new Map(labels.map((label, index) => [label, index]));
  const counts = new Uint32Array(labels.length ** 2);
  perClass.forEach(({ images, accuracy }, index) => {
    counts[index * labels.length + index] = Math.round(images * accuracy);
  });
  for (const { truth, predicted, count } of confusions) {
    counts[indexOf.get(truth)! * labels.length + indexOf.get(predicted)!] = count;
  }
  return { labels, counts, images: labels.map((_, index) => perClass[index]?.images ?? 0) };
}

/** The number of images of a cell. */
export function countAt({ labels, counts }: ConfusionMatrix, { row, column }: Cell): number {
  return counts[row * labels.length + column] ?? 0;
}

/** The share of a row's images that a cell has, 0 to 1. */
export function shareAt(matrix: ConfusionMatrix, cell: Cell): number {
  return countAt(matrix, cell) / Math.max(1, matrix.images[cell.row]!);
}

/** The largest share of a cell off the diagonal. */
export function largestConfusion(matrix: ConfusionMatrix): number {
  return hottestCells(matrix).reduce((largest, cell) => Math.max(largest, shareAt(matrix, cell)), 0);
}

/** The cells off the diagonal that have images, those with the most first. */
export function hottestCells(matrix: ConfusionMatrix): Cell[] {
  const { length } = matrix.labels;
  return [...matrix.counts.keys()]
    .map((index) => ({ row: Math.floor(index / length), column: index % length }))
    .filter((cell) => cell.row !== cell.column && countAt(matrix, cell) > 0)
    .sort((a, b) => countAt(matrix, b) - countAt(matrix, a));
}

/** Moves the cursor. */
export function reduceCell(cell: Cell, action: CellAction, matrix: ConfusionMatrix): Cell {
  const last = Math.max(0, matrix.labels.length - 1);
  const moved = (index: number, by: number) => Math.min(last, Math.max(0, index + by));
  if (action.type === 'rows') return { ...cell, row: moved(cell.row, action.by) };
  if (action.type === 'columns') return { ...cell, column: moved(cell.column, action.by) };
  const hottest = hottestCells(matrix);
  const from = hottest.findIndex(({ row, column }) => row === cell.row && column === cell.column);
  const to =
    from < 0 ? (action.by === 1 ? 0 : hottest.length - 1) : (from + action.by + hottest.length) % hottest.length;
  return hottest[to] ?? cell;
}

/** The mistakes of a cell, or of the whole row from a cell on the diagonal; null if there are none. */
export function mistakesAt(evaluation: Evaluation, matrix: ConfusionMatrix, cell: Cell): MistakeChoice | null {
  const { row, column } = cell;
  const truth = matrix.labels[row]!;
  const right = countAt(matrix, { row, column: row });
  if (row === column) return matrix.images[row]! > right ? { evaluation, truth, guess: null } : null;
  return countAt(matrix, cell) > 0 ? { evaluation, truth, guess: matrix.labels[column]! } : null;
}
