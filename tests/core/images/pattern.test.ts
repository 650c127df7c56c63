import { expect, test, vi } from 'vitest';
import { findCharacters } from '../../../src/core/images/picture-characters.ts';
import { findStraightLines } from '../../../src/core/images/straight-lines.ts';
import { pictureLines } from '../../../src/core/text/picture-lines.ts';
import { blankPaper, photograph } from '../../helpers/paper.ts';
import { pngFile } from '../../helpers/picture-files.ts';

vi.mock('../../../src/core/images/straight-lines.ts', { spy: true });

test('a pattern of thousands of dots is refused before lines are looked for, which would take long', async () => {
  const paper = blankPaper(800, 800);
  for (let i = 0; i < paper.light.length; i++) {
    if (i % 8 < 3 && Math.floor(i / 800) % 8 < 3) paper.light[i] = 0;
  }
  const picture = photograph(paper);
  const refusal = { code: 'picture-not-writing', data: { source: 'dots.png', maximum: 6000 } };
  expect(() => findCharacters(picture, 'dots.png')).toThrow(expect.objectContaining(refusal));
  await expect(pictureLines(pngFile(picture), 'dots.png')).rejects.toMatchObject(refusal);
  expect(findStraightLines).not.toHaveBeenCalled();
});
