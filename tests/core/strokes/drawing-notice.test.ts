import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadModel, SHIPPED } from '../../../src/core/model/model-store.ts';
import { resolvePaths } from '../../../src/core/paths.ts';
import { likeliest } from '../../../src/core/prediction.ts';
import { randomStream } from '../../../src/core/random.ts';
import { createRecognizer } from '../../../src/core/recognizer/recognizer.ts';
import type { Drawing, Point } from '../../../src/core/strokes/drawing.ts';
import { type DrawingNotice, drawingNotice } from '../../../src/core/strokes/drawing-notice.ts';
import { rasterize } from '../../../src/core/strokes/rasterize.ts';
import { CHARACTERS, LABELS, writeBy } from '../../accuracy/characters.ts';

const model = await loadModel(SHIPPED, resolvePaths(path.join(tmpdir(), 'emnist-tui-no-models')));
const recognizer = await createRecognizer(model);
afterAll(() => recognizer.dispose());

async function read(drawing: Drawing) {
  return (await recognizer.recognize(rasterize(drawing)))[0]!;
}

/** The notice on a drawing on paper of 1000 x 1000. */
async function notice(drawing: Drawing, labels = model.labels): Promise<DrawingNotice | null> {
  const reading = await read(drawing);
  const readPart = async (part: Drawing) => likeliest(await read(part));
  return await drawingNotice(drawing, { best: likeliest(reading), noCharacter: reading.noCharacter, labels, readPart });
}

/** A drawing with its upper left corner at a place, and its height. */
function put(drawing: Drawing, x: number, y: number, height: number): Drawing {
  const points = drawing.flat();
  const [left, top] = [Math.min(...points.map((point) => point[0])), Math.min(...points.map((point) => point[1]))];
  const scale = height / (Math.max(...points.map((point) => point[1])) - top);
  return drawing.map((stroke) => stroke.map((point) => [x + (point[0] - left) * scale, y + (point[1] - top) * scale]));
}

function right(drawing: Drawing): number {
  return Math.max(...drawing.flat().map(([x]) => x));
}

/** Characters in a row, 300 high, with gaps relative to their height. */
function row(labels: string, gap: number, hand = 1): Drawing {
  let x = 100;
  return [...labels].flatMap((label, index) => {
    const written = put(writeBy(hand + index, CHARACTERS[label]!), x, 300, 300);
    x = right(written) + 300 * gap;
    return written;
  });
}

const line = (...coordinates: number[]): Point[] =>
  Array.from({ length: coordinates.length / 2 }, (_, index) => [coordinates[2 * index]!, coordinates[2 * index + 1]!]);

describe('one character', () => {
  test('gets no notice in all but a few cases, where its strokes are apart', async () => {
    const noticed: string[] = [];
    for (let hand = 0; hand < 20; hand++) {
      for (const [index, label] of LABELS.entries()) {
        const drawing = put(writeBy(100 * hand + index, CHARACTERS[label]!), 50, 50, [60, 300, 900][hand % 3]!);
        if ((await notice(drawing)) !== null) noticed.push(label);
      }
    }
    expect(noticed.length / (20 * LABELS.length), noticed.join(' ')).toBeLessThan(0.005);
  });

  test.each<[string, Drawing]>([
    ['an i', [line(500, 400, 500, 700), line(500, 300, 502, 302)]],
    ['an i with a dot off to the right', [line(500, 400, 500, 700), line(560, 290, 562, 292)]],
    ['a j', [line(500, 400, 500, 750, 420, 800, 380, 760), line(500, 300, 504, 300)]],
    ['a K whose parts do not touch', [line(300, 200, 300, 800), line(620, 200, 350, 500, 640, 800)]],
    ['an H of three strokes', [line(300, 200, 300, 800), line(700, 200, 700, 800), line(300, 500, 700, 500)]],
    [
      'an H whose bar touches neither side',
      [line(300, 200, 300, 800), line(700, 200, 700, 800), line(330, 500, 670, 500)],
    ],
    ['an N of three strokes', [line(300, 800, 300, 200), line(310, 200, 690, 800), line(700, 800, 700, 200)]],
    [
      'an M of four strokes',
      [line(200, 800, 250, 200), line(255, 200, 500, 600), line(500, 600, 745, 200), line(750, 200, 800, 800)],
    ],
    [
      'an E of four strokes',
      [line(300, 200, 300, 800), line(320, 200, 650, 200), line(320, 500, 600, 500), line(320, 800, 660, 800)],
    ],
    ['a 4 of two strokes', [line(500, 200, 300, 550, 700, 550), line(620, 350, 620, 800)]],
    [
      'a 5 whose bar is separate',
      [line(360, 230, 330, 480, 560, 480, 620, 650, 480, 800, 320, 760), line(390, 210, 640, 200)],
    ],
    ['an X', [line(300, 200, 700, 800), line(700, 200, 300, 800)]],
    ['a t', [line(500, 200, 500, 700, 560, 760, 620, 740), line(380, 380, 620, 380)]],
    ['a T', [line(300, 200, 700, 200), line(500, 210, 500, 800)]],
    [
      'a B of two strokes',
      [line(320, 200, 320, 800), line(345, 200, 560, 230, 580, 400, 360, 480, 620, 560, 600, 760, 340, 800)],
    ],
  ])('gets no notice: %s', async (_, drawing) => {
    expect(await notice(drawing)).toBeNull();
  });
});

describe('several characters', () => {
  test('are noticed: TL, at any size and place', async () => {
    const drawing = row('TL', 0.2);
    for (const [scale, x, y] of [
      [1, 0, 0],
      [0.3, 500, -200],
      [2.5, -400, -900],
    ] as const) {
      const moved = drawing.map((stroke) => stroke.map((point): Point => [point[0] * scale + x, point[1] * scale + y]));
      expect(await notice(moved)).toBe('several-characters');
    }
  });

  test.each(['AB', '12', '11', 'XO', 'HI', 'A1', '47', 'be', 'DAD', '2026', 'EMNIST'])(
    'are noticed: %s',
    async (text) => {
      for (const gap of [0.25, 0.5, 1])
        expect([gap, await notice(row(text, gap))]).toEqual([gap, 'several-characters']);
    },
  );

  test('are noticed in nearly all pairs of characters', async () => {
    const random = randomStream(5);
    const any = () => LABELS[Math.floor(random() * LABELS.length)]!;
    for (const [gap, least] of [
      [0.1, 0.9],
      [0.2, 0.95],
      [0.4, 0.98],
    ] as const) {
      let noticed = 0;
      for (let pair = 0; pair < 200; pair++) {
        if ((await notice(row(any() + any(), gap, pair))) === 'several-characters') noticed++;
      }
      expect([gap, noticed / 200 >= least ? 'enough' : noticed]).toEqual([gap, 'enough']);
    }
  });

  test('are noticed above each other', async () => {
    expect(await notice([...put(CHARACTERS.T!, 300, 100, 300), ...put(CHARACTERS.L!, 300, 500, 300)])).toBe(
      'several-characters',
    );
  });
});

describe('no character', () => {
  test.each<[string, Drawing]>([
    ['a click', [line(500, 500)]],
    ['a click with a hand that is not steady', [line(500, 500, 503, 501, 501, 504)]],
    ['a tap that wobbles', [line(500, 500, 512, 505, 503, 516, 496, 504, 508, 498)]],
    ['two clicks', [line(500, 500), line(200, 300)]],
    ['a tick', [line(500, 500, 512, 508)]],
    ['a dash', [line(200, 500, 800, 510)]],
    ['a frame', [line(20, 20, 980, 25, 975, 980, 25, 970, 20, 20)]],
    [
      'a frame of four strokes',
      [line(20, 20, 980, 20), line(980, 20, 980, 980), line(980, 980, 20, 980), line(20, 980, 20, 20)],
    ],
    ['a small frame', [line(400, 400, 600, 400, 600, 560, 400, 560, 400, 400)]],
  ])('is noticed: %s', async (_, drawing) => {
    expect(await notice(drawing)).toBe('no-character');
  });

  test('is noticed: a scribble, in one stroke or in many', async () => {
    const random = randomStream(3);
    const points = Array.from({ length: 120 }, (): Point => [1000 * random(), 1000 * random()]);
    expect(await notice([points])).toBe('no-character');
    expect(await notice(points.slice(1).map((point, index) => [points[index]!, point]))).toBe('no-character');
    const zigzag = Array.from({ length: 60 }, (_, index): Point => [200 + 10 * index, index % 2 === 0 ? 200 : 800]);
    expect(await notice([zigzag])).toBe('no-character');
  });

  test('says nothing about marks if the model knows some, or about anything if it knows other scripts', async () => {
    const dot: Drawing = [line(500, 500)];
    expect(await notice(dot, [...model.labels, '.'])).toBeNull();
    expect(await notice([line(200, 500, 800, 510)], [...model.labels, '-'])).toBeNull();
    expect(await notice(dot, ['heart', 'star'])).toBeNull();
    expect(await notice(row('TL', 0.5), ['川', '二'])).toBeNull();
  });
});
