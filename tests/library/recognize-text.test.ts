import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadRecognizer, type Recognizer, type RecognizeTextOptions } from '../../src/library/index.ts';
import { temporaryFolder } from '../cli/run.ts';
import { drawPicture } from '../core/images/draw-picture.ts';
import { pngFile } from '../helpers/picture-files.ts';
import { moved, writeText } from '../helpers/write-text.ts';

const NIGHT = writeText('other night');
const PAGE = [...NIGHT, ...moved(writeText('in the house'), 0, 4)];
const PICTURE = pngFile(
  drawPicture(
    { width: 600, height: 260, pen: 4 },
    moved(PAGE, 2, 3, 24).map((stroke) => stroke.map(([x, y]) => [x, y] as const)),
  ),
);

let recognizer: Recognizer;
beforeAll(async () => {
  recognizer = await loadRecognizer({ model: 'shipped' });
});
afterAll(() => recognizer.close());

describe('text', () => {
  test('is read from strokes, which its characters and words name', async () => {
    const { text, candidates, characters, words } = await recognizer.recognizeText(NIGHT, { top: 2 });
    expect(text).toBe('other night');
    expect(candidates).toHaveLength(2);
    expect(candidates[0]!.text).toBe(text);
    expect(characters.map(({ label }) => label).join('')).toBe('othernight');
    expect(words.map(({ text }) => text)).toEqual(['other', 'night']);
    const named = new Set(words.flatMap(({ strokes }) => strokes!));
    expect([...named].sort((a, b) => a - b)).toEqual(NIGHT.map((_, index) => index));
  });

  test('of several lines has line breaks', async () => {
    expect((await recognizer.recognizeText(PAGE)).text).toBe('other night\nin the house');
  });

  test('is read from a picture as bytes, path, or URL, with boxes', async () => {
    const file = path.join(await temporaryFolder(), 'page.png');
    await writeFile(file, PICTURE);
    const readings = [];
    for (const picture of [PICTURE, file, pathToFileURL(file)]) readings.push(await recognizer.recognizeText(picture));
    expect(readings[0]!.text).toBe('other night\nin the house');
    expect(readings[1]).toEqual(readings[0]);
    expect(readings[2]).toEqual(readings[0]);
    const boxes = readings[0]!.words.map(({ box }) => box!);
    expect(boxes).toHaveLength(5);
    expect(boxes[1]!.bottom).toBeLessThan(boxes[2]!.top);
    expect(boxes[2]!.right).toBeLessThanOrEqual(boxes[3]!.left);
  });
});

describe('a lexicon', () => {
  const code = writeText('the Q7');
  const probability = async (lexicon: RecognizeTextOptions['lexicon']) => {
    const { candidates } = await recognizer.recognizeText(code, { lexicon, top: 30 });
    return candidates.reduce((sum, each) => sum + (/ q7$/i.test(each.text) ? each.probability : 0), 0);
  };

  test('may be words, with or without counts, or a file', async () => {
    const file = path.join(await temporaryFolder(), 'words.txt');
    await writeFile(file, 'the 9\nq7 1\n');
    const counts = new Map([
      ['the', 9],
      ['q7', 1],
    ]);
    const none = await probability('none');
    expect(await probability(['the', 'q7'])).toBeGreaterThan(none);
    expect(await probability(new Set(['the', 'q7']).values())).toBeGreaterThan(none);
    expect(await probability(counts)).toBeGreaterThan(none);
    expect(await probability(file)).toBe(await probability(counts));
  });

  test('without words is refused, and so is anything else', async () => {
    await expect(recognizer.recognizeText(code, { lexicon: [] })).rejects.toMatchObject({ code: 'lexicon-invalid' });
    await expect(recognizer.recognizeText(code, { lexicon: 7 as never })).rejects.toMatchObject({ code: 'usage' });
    await expect(recognizer.recognizeText(code, { top: 0 })).rejects.toMatchObject({ code: 'usage' });
    const missing = recognizer.recognizeText(code, { lexicon: './missing.txt' });
    await expect(missing).rejects.toMatchObject({ code: 'file-missing', hint: expect.stringMatching(/\S/) });
  });
});

test('what cannot be read is refused', async () => {
  await expect(recognizer.recognizeText([])).rejects.toMatchObject({ code: 'strokes-invalid' });
  await expect(recognizer.recognizeText('./missing.png')).rejects.toMatchObject({ code: 'file-missing' });
  await expect(recognizer.recognizeText(new Uint8Array(9))).rejects.toMatchObject({ code: 'input-unknown' });
  const blank = pngFile(drawPicture({ width: 60, height: 60 }, []));
  await expect(recognizer.recognizeText(blank)).rejects.toMatchObject({ code: 'picture-blank' });
});

test('a closed recognizer reads no text', async () => {
  const closed = await loadRecognizer({ model: 'shipped' });
  const last = closed.recognizeText(NIGHT);
  await closed.close();
  expect((await last).text).toBe('other night');
  await expect(closed.recognizeText(NIGHT)).rejects.toMatchObject({ code: 'recognizer-closed' });
});
