import { EmnistError } from '../../../src/core/errors.ts';
import type { AppTerminal } from '../../helpers/app-terminal.ts';
import type { FakeServices } from '../../helpers/fake-services.ts';
import { pasted } from '../../helpers/keys.ts';
import { letterImage, pressing, type Scene, used } from './fixtures.ts';

/** Own data sets, and labels that are not letters. */
export function ownData(): FakeServices {
  const services = used();
  const { datasets } = services.currentStatus;
  datasets.push(
    { split: 'signs', labels: ['arrow', 'ä'], trainImages: 500, testImages: 100, bytes: 90_000 },
    { split: 'kanji', labels: ['日', '本', '語'], trainImages: 60_000, testImages: 10_000, bytes: 9e6 },
  );
  const images = Array.from({ length: 12 }, letterImage);
  services.fakeImages = {
    ...{ name: 'new', trainImages: 500, testImages: 100 },
    details: {
      ...{ format: 'pictures', orientation: null, orientationFrom: null, trial: null, inverted: 600 },
      ...{ testPart: 'held-out', skipped: 1, notes: [] },
      perClass: ['arrow', '你好', '≠'].map((label) => ({ label, trainImages: 167, testImages: 33 })),
      sizes: { distinct: 2, smallest: '20x31', largest: '640x480' },
      skippedFirst: [{ source: '≠/12.png', reason: 'it is damaged' }],
    },
    classes: ['arrow', '你好', '≠'].map((label) => ({ label, trainImages: 167, testImages: 33, images })),
  };
  return services;
}

async function takingOver(app: AppTerminal, { fetches }: FakeServices): Promise<(typeof fetches)[number]['feed']> {
  await app.screen.waitForText(/signs/);
  app.press(pasted('/home/user/new'), 'enter');
  await app.screen.waitForText(/Reading new/);
  const { feed } = fetches[0]!;
  feed.push(
    { event: 'start', split: 'new', source: '/home/user/new' },
    { event: 'progress', split: 'new', bytes: 40_000, total: 90_000, bytesPerSecond: 20_000 },
  );
  await app.screen.waitForText(/40 kB/);
  return feed;
}

export const OWN_DATA_SCENES: Record<string, Scene> = {
  'own-data-form': {
    initialScreen: 'ownData',
    services: ownData,
    async play(app) {
      await app.screen.waitForText(/signs/);
      app.paste("'/home/user/Bilder/meine Zeichen 2026'");
      await app.screen.waitForText(/meine-Zeichen-2026/);
    },
  },
  'own-data-list': {
    initialScreen: 'ownData',
    services: ownData,
    play: pressing(/signs/, ['up'], /[❯>] .*kanji/),
  },
  'own-data-invalid': {
    initialScreen: 'ownData',
    services() {
      const services = ownData();
      services.sourceError = new EmnistError('file-missing', '/home/user/sings: no such file or folder', {
        path: '/home/user/sings',
      });
      return services;
    },
    play: pressing(/signs/, [pasted('/home/user/sings')], /no such file/),
  },
  'own-data-replace': {
    initialScreen: 'ownData',
    services: ownData,
    play: pressing(/signs/, ['signs', 'enter'], /Replace signs\?/),
  },
  'own-data-running': { initialScreen: 'ownData', services: ownData, play: takingOver },
  'own-data-samples': {
    initialScreen: 'ownData',
    services: ownData,
    async play(app, services) {
      const feed = await takingOver(app, services);
      feed.push({ event: 'end', split: 'new', trainImages: 500, testImages: 100, bytes: 90_000 });
      feed.end();
      await app.screen.waitForText(/Your data: new[\s\S]*500 training/);
    },
  },
  'own-data-failed': {
    initialScreen: 'ownData',
    services: ownData,
    async play(app, services) {
      const feed = await takingOver(app, services);
      feed.end(
        new EmnistError('data-invalid', '/home/user/new has pictures of one class only', {
          source: '/home/user/new',
          problem: 'one-class',
        }),
      );
      await app.screen.waitForText(/one class only/);
    },
  },
};
