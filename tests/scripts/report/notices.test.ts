import { expect, test } from 'vitest';
import { countNotices } from '../../../scripts/report/notices.ts';
import { noticesSection } from '../../../scripts/report/sections/notices.ts';
import type { Recognition } from '../../../src/core/server/draw-options.ts';
import type { Drawing } from '../../../src/core/strokes/drawing.ts';

const line = (length: number): Drawing => [
  [
    [5, 5],
    [5, 5 + length],
  ],
];

test('notices are counted by kind, of drawings that are as large as on the page', async () => {
  const heights: number[] = [];
  const recognize = async (drawing: Drawing): Promise<Recognition> => {
    heights.push(Math.max(...drawing.flat().map(([, y]) => y)) - Math.min(...drawing.flat().map(([, y]) => y)));
    const notice = heights.length === 1 ? 'several-characters' : heights.length === 2 ? 'not-sure' : undefined;
    return { predictions: [], image: new Uint8Array(), notice };
  };
  const counted = await countNotices({ recognize }, [
    { title: 'Pair', drawings: [line(1), line(2)] },
    { title: 'Character', drawings: [line(3000)] },
  ]);
  expect(heights).toEqual([300, 300, 300]);
  expect(counted).toEqual([
    {
      title: 'Pair',
      count: 2,
      shares: { 'several-characters': 0.5, 'no-character': 0, 'not-sure': 0.5, none: 0 },
    },
    {
      title: 'Character',
      count: 1,
      shares: { 'several-characters': 0, 'no-character': 0, 'not-sure': 0, none: 1 },
    },
  ]);
  expect(noticesSection(counted)).toContain('| Pair | 2 | 50.0% | 0.0% | 50.0% | 0.0% |');
});
