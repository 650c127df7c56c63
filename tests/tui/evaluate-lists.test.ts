import { describe, expect, test } from 'vitest';
import { columnsOf } from '../../src/app/text-layout.ts';
import { classLines } from '../../src/tui/screens/evaluate/evaluate-list-lines.ts';
import {
  errorLists,
  INITIAL_LISTS,
  reduceLists,
  selectedMistakes,
} from '../../src/tui/screens/evaluate/evaluate-lists.ts';
import {
  type Cell,
  confusionMatrix,
  countAt,
  hottestCells,
  mistakesAt,
  reduceCell,
  shareAt,
} from '../../src/tui/screens/mistakes/confusion-matrix.ts';
import { matrixLines } from '../../src/tui/screens/mistakes/confusion-matrix-lines.ts';
import { mistakesLayout } from '../../src/tui/screens/mistakes/mistakes-layout.ts';
import { createTheme } from '../../src/tui/theme/theme.ts';
import { type EvaluationEnd, fakeEvaluation } from '../helpers/fake-evaluation.ts';

const plain = createTheme({ colors: 'none', background: 'dark', unicode: true });

function evaluationOf(fields: Pick<EvaluationEnd, 'perClass' | 'confusions' | 'unknownLabels'>) {
  return { end: { ...fakeEvaluation(), ...fields } as EvaluationEnd, mistakes: [] };
}

/** `c` has no images, but one of `a` was read as it. */
const small = evaluationOf({
  perClass: [
    { label: 'a', images: 10, accuracy: 0.8 },
    { label: 'b', images: 20, accuracy: 0.95 },
    { label: 'd', images: 5, accuracy: 1 },
  ],
  confusions: [
    { truth: 'a', predicted: 'b', count: 1 },
    { truth: 'a', predicted: 'c', count: 1 },
    { truth: 'b', predicted: 'a', count: 1 },
  ],
});

describe('the lists', () => {
  test('leave out classes without errors, and classes that the model lacks', () => {
    const { classes } = errorLists(small);
    expect(classes).toEqual([
      { label: 'a', errors: 2, images: 10 },
      { label: 'b', errors: 1, images: 20 },
    ]);
    const lacking = evaluationOf({ ...small.end, unknownLabels: ['a'] });
    expect(errorLists(lacking).classes.map(({ label }) => label)).toEqual(['b']);
    expect(errorLists(lacking).confusions).toHaveLength(1);
  });

  test('keep the cursor within them, and the focus on one that is not empty', () => {
    const lengths = { classes: 2, confusions: 3 };
    const end = reduceLists(INITIAL_LISTS, { type: 'move', by: Number.POSITIVE_INFINITY }, lengths);
    expect(end).toEqual({ focus: 'classes', classes: 1, confusions: 0 });
    const switched = reduceLists(reduceLists(end, { type: 'switch' }, lengths), { type: 'move', by: 2 }, lengths);
    expect(switched).toEqual({ focus: 'confusions', classes: 1, confusions: 2 });
    expect(selectedMistakes(small, switched)).toMatchObject({ truth: 'b', guess: 'a' });
    expect(selectedMistakes(small, end)).toMatchObject({ truth: 'b', guess: null });
    expect(reduceLists(end, { type: 'switch' }, { classes: 2, confusions: 0 })).toBe(end);
  });

  test.each([20, 27, 37, 56, 96])('lines fit into %d columns, however long the labels', (width) => {
    const classes = ['a', '日本語の手書', 'sign 123'].map((label, index) => ({
      label,
      errors: 3 - index,
      images: 1000,
    }));
    const lines = classLines(classes, { width, height: 5, focus: 1, isFocused: true }, plain);
    expect(lines.map(columnsOf)).toEqual([width, width, width, width]);
    expect(lines[2]).toMatch(/^❯ 日/);
  });
});

describe('the matrix', () => {
  const matrix = confusionMatrix(small.end);

  test('has the counts and shares of all pairs', () => {
    expect(matrix.labels).toEqual(['a', 'b', 'd', 'c']);
    expect([...matrix.counts]).toEqual([8, 1, 0, 1, 1, 19, 0, 0, 0, 0, 5, 0, 0, 0, 0, 0]);
    expect(shareAt(matrix, { row: 1, column: 0 })).toBe(0.05);
    expect(shareAt(matrix, { row: 3, column: 0 })).toBe(0);
    expect(hottestCells(matrix).map((cell) => countAt(matrix, cell))).toEqual([1, 1, 1]);
  });

  test('opens the mistakes of a cell that has some', () => {
    expect(mistakesAt(small, matrix, { row: 0, column: 3 })).toMatchObject({ truth: 'a', guess: 'c' });
    expect(mistakesAt(small, matrix, { row: 0, column: 0 })).toMatchObject({ truth: 'a', guess: null });
    expect(mistakesAt(small, matrix, { row: 2, column: 2 })).toBeNull();
    expect(mistakesAt(small, matrix, { row: 1, column: 2 })).toBeNull();
  });

  test('the cursor stays inside, and goes round through the confusions', () => {
    const start: Cell = { row: 0, column: 0 };
    expect(reduceCell(start, { type: 'rows', by: -1 }, matrix)).toEqual(start);
    expect(reduceCell(start, { type: 'columns', by: Number.POSITIVE_INFINITY }, matrix)).toEqual({ row: 0, column: 3 });
    let cell = start;
    const seen: Cell[] = [];
    for (let press = 0; press < 4; press++) {
      cell = reduceCell(cell, { type: 'confusion', by: 1 }, matrix);
      seen.push(cell);
    }
    expect(seen).toEqual([
      { row: 0, column: 1 },
      { row: 0, column: 3 },
      { row: 1, column: 0 },
      { row: 0, column: 1 },
    ]);
    const perfect = confusionMatrix(evaluationOf({ ...small.end, confusions: [] }).end);
    expect(reduceCell(start, { type: 'confusion', by: 1 }, perfect)).toBe(start);
  });

  const labels = Array.from({ length: 255 }, (_, index) => (index % 2 ? `sign ${index}` : `字${index}`));
  test.each<[string, readonly string[] | undefined]>([
    ['47 classes', undefined],
    ['255 classes with long labels', labels],
    ['two classes', ['0', '1']],
  ])('%s: lines fit, and the cursor is shown, wherever it is', (_name, some) => {
    const { end } = evaluationOf(fakeEvaluation(some));
    const full = confusionMatrix(end);
    const last = full.labels.length - 1;
    for (const [width, height] of [
      [58, 16],
      [78, 20],
      [198, 56],
    ] as const) {
      for (const cursor of [
        { row: 0, column: last },
        { row: last, column: 0 },
        { row: Math.floor(last / 2), column: Math.floor(last / 2) },
      ]) {
        const lines = matrixLines(full, cursor, { width, height }, plain);
        expect(lines.length).toBeLessThanOrEqual(height);
        for (const line of lines) expect(columnsOf(line.trimEnd()), line).toBeLessThanOrEqual(width);
        expect(lines.filter((line) => line.startsWith('❯'))).toHaveLength(1);
        expect(lines[0]!.indexOf('↓')).toBeGreaterThan(0);
      }
    }
  });

  test('all 62 classes of byclass fit into 80 columns', () => {
    const all = [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'];
    const full = confusionMatrix(fakeEvaluation(all));
    const lines = matrixLines(full, { row: 0, column: 1 }, { width: 78, height: 20 }, plain);
    expect(lines[1]!.trim()).toBe(all.join(''));
  });
});

test('the layout of a mistake uses the room: larger images, more training images', () => {
  const body = (columns: number, rows: number) => mistakesLayout({ width: columns - 2, height: rows - 4 });
  expect(body(60, 20)).toMatchObject({ scale: 1, stacked: false, thumbnails: 1 });
  expect(body(80, 24)).toMatchObject({ scale: 1, stacked: true, barsBelow: true, thumbnails: 3 });
  expect(body(120, 36)).toMatchObject({ scale: 2, stacked: true, barsBelow: false, thumbnails: 4 });
  expect(body(200, 60)).toMatchObject({ scale: 3, stacked: true, thumbnails: 6 });
});
