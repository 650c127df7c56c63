import { EmnistError } from '../../../src/core/errors.ts';
import type { AppTerminal } from '../../helpers/app-terminal.ts';
import type { FakeServices } from '../../helpers/fake-services.ts';
import { fresh, pressing, type Scene, used } from './fixtures.ts';

async function fetching(app: AppTerminal, { fetches }: FakeServices): Promise<(typeof fetches)[number]['feed']> {
  await app.screen.waitForText(/not fetched/);
  app.press('enter');
  await app.screen.waitForText(/Fetching balanced from NIST/);
  const { feed } = fetches[0]!;
  feed.push(
    { event: 'start', split: 'balanced', source: 'https://biometrics.nist.gov/cs_links/EMNIST/gzip.zip' },
    { event: 'progress', split: 'balanced', bytes: 18.4e6, total: 33.1e6, bytesPerSecond: 5.2e6 },
  );
  await app.screen.waitForText(/18\.4 MB/);
  return feed;
}

export const FETCH_SCENES: Record<string, Scene> = {
  'fetch-form': {
    initialScreen: 'fetch',
    services: used,
    play: (app) => app.screen.waitForText(/697,932[\s\S]*download/),
  },
  'fetch-form-typing': {
    initialScreen: 'fetch',
    services: fresh,
    async play(app) {
      await app.screen.waitForText(/not fetched/);
      app.paste('/home/user/ダウンロード/👩‍🏫 EMNIST 2026/a rather long folder name that does not fit/gzip.zip');
      await app.screen.waitForText(/gzip\.zip[\s\S]* download/);
    },
  },
  'fetch-running': { initialScreen: 'fetch', services: fresh, play: fetching },
  'fetch-done': {
    initialScreen: 'fetch',
    services: fresh,
    async play(app, services) {
      const feed = await fetching(app, services);
      feed.push({ event: 'end', split: 'balanced', trainImages: 112_800, testImages: 18_800, bytes: 33_100_000 });
      feed.end();
      await app.screen.waitForText(/Next:/);
    },
  },
  'fetch-failed': {
    initialScreen: 'fetch',
    services: fresh,
    async play(app, services) {
      const feed = await fetching(app, services);
      feed.end(
        new EmnistError('archive-damaged', 'gzip.zip is damaged: the checksum of a file in it is wrong', {
          archive: 'gzip.zip',
          reason: 'checksum',
        }),
      );
      await app.screen.waitForText(/What to do/);
    },
  },
  'fetch-cancel': {
    initialScreen: 'fetch',
    services: fresh,
    play: pressing(fetching, ['escape'], /Cancel the download\?/),
  },
  'fetch-canceled': {
    initialScreen: 'fetch',
    services: fresh,
    play: pressing(fetching, ['c', 'y'], /Canceled\./),
  },
};
