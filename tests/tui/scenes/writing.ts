import type { DrawUpdate } from '../../../src/core/server/draw-event.ts';
import type { AppTerminal } from '../../helpers/app-terminal.ts';
import type { FakeServices } from '../../helpers/fake-services.ts';
import { fresh, pressing, type Scene } from './fixtures.ts';

/** Strokes that look like `nun nun`: a wave for each letter. */
function waves(count: number): [number, number][][] {
  return Array.from({ length: count }, (_, letter) =>
    Array.from({ length: 13 }, (_, step) => [
      letter * 30 + (letter > 2 ? 40 : 0) + step * 2,
      20 - 18 * Math.abs(Math.sin((step / 12) * 2 * Math.PI)),
    ]),
  );
}

/** A line of one word for each text, which is read with these probabilities: of the texts, and of the characters. */
export function written(
  candidates: readonly (readonly [text: string, probability: number])[],
  probabilities: readonly number[],
): DrawUpdate {
  const [[text] = ['']] = candidates;
  const labels = [...text.replaceAll(' ', '')];
  const characters = labels.map((label, index) => ({
    ...{ label, probability: probabilities[index] ?? 0.98 },
    strokes: index % 3 === 2 ? [index, labels.length] : [index],
  }));
  const words = text.split(' ').filter(Boolean);
  return {
    event: {
      ...{
        event: 'text',
        client: 1,
        strokes: labels.length && labels.length + 1,
        text,
        milliseconds: 9.42,
        model: 'words',
      },
      candidates: candidates.map(([text, probability]) => ({ text, probability })),
      characters,
      words: words.map((text) => ({ text, candidates: [{ text, probability: 0.9 }], strokes: [] })),
    },
    line: waves(labels.length),
  };
}

const accepted = (text: string): DrawUpdate => ({ event: { event: 'accepted', client: 1, text } });

const SEE_YOU = [
  ['see you', 0.6204],
  ['see yon', 0.1907],
  ['sea you', 0.0412],
  ['see yow', 0.0233],
  ['See you', 0.0101],
] as const;

/** Switches to Word mode, and a page connects. */
async function inWordMode(app: AppTerminal, { servers }: FakeServices) {
  await app.screen.waitForText(/Waiting for the page/);
  app.press('w');
  servers[0]!.push({ event: { event: 'client', clients: 1 } });
  await app.screen.waitForText(/Write a word/);
}

async function writing(app: AppTerminal, services: FakeServices) {
  await inWordMode(app, services);
  services.servers[0]!.push(written(SEE_YOU, [0.99, 0.97, 0.41, 0.93, 0.88]));
  await app.screen.waitForText(/Read in 9\.4 ms/);
}

/** Text that takes several lines. */
const LONG = 'It was a bright cold day in April, and the clocks were striking thirteen. '.repeat(9).trim();

export const WRITING_SCENES: Record<string, Scene> = {
  'write-nothing': { initialScreen: 'draw', services: fresh, play: inWordMode },
  'write-line': { initialScreen: 'draw', services: fresh, play: writing },
  'write-accepted': {
    initialScreen: 'draw',
    services: fresh,
    async play(app, services) {
      await writing(app, services);
      services.servers[0]!.push(accepted('see you'), written([], []), accepted('tomorrow?'));
      await app.screen.waitForText(/see you tomorrow\?[\s\S]*next line[\s\S]*c copy/);
    },
  },
  'write-copied': {
    initialScreen: 'draw',
    services: fresh,
    async play(app, services) {
      await inWordMode(app, services);
      services.servers[0]!.push(accepted('see you'), written(SEE_YOU, []));
      await pressing(/Read in/, ['c'], /Copied 7 characters/)(app, services);
    },
  },
  'write-much': {
    initialScreen: 'draw',
    services: fresh,
    async play(app, services) {
      await inWordMode(app, services);
      const line = [
        ['Winston Smith, his chin nuzzled', 0.51] as const,
        ['Winston Smith, his chin puzzled', 0.32] as const,
      ];
      services.servers[0]!.push(accepted(LONG), written(line, [0.3, 0.99, 1]));
      await app.screen.waitForText(/Read in/);
    },
  },
};
