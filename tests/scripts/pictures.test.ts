import { expect, test } from 'vitest';
import { CELL, cellShape } from '../../scripts/pictures/cell-shapes.ts';
import { terminalHtml } from '../../scripts/pictures/terminal-html.ts';
import { Screen } from '../helpers/screen.ts';

test('half blocks, blocks of eighths, and full blocks cover whole pixels of their cells', () => {
  expect(cellShape('▀', 8)).toEqual({ kind: 'block', path: 'M8 0h8v8h-8z' });
  expect(cellShape('▄', 0)).toEqual({ kind: 'block', path: 'M0 8h8v8h-8z' });
  expect(cellShape('▌', 0)).toEqual({ kind: 'block', path: 'M0 0h4v16h-4z' });
  expect(cellShape('█', 0)).toEqual({ kind: 'block', path: 'M0 0h8v16h-8z' });
});

test('a Braille pattern has the dots of its bits, and a blank one is text', () => {
  const dots = (character: string) => cellShape(character, 0)?.path.match(/M/g)?.length;
  expect([dots('⠁'), dots('⡇'), dots('⣿'), dots('⠀')]).toEqual([1, 4, 8, undefined]);
});

test('shapes and text of a terminal take the width of their cells', async () => {
  const screen = new Screen(6, 1);
  await new Promise<void>((resolve) => screen.write('ab██⣿', resolve));
  const widths = [...terminalHtml(screen).matchAll(/width[:="]+(\d+)/g)].map(([, width]) => Number(width) / CELL.width);
  expect(widths).toEqual([2, 3, 1]);
});
