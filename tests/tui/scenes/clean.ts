import { EmnistError } from '../../../src/core/errors.ts';
import { type Scene, used, usedWithSamples } from './fixtures.ts';

export const CLEAN_SCENES: Record<string, Scene> = {
  'clean-form': {
    initialScreen: 'clean',
    services: usedWithSamples,
    async play(app) {
      await app.screen.waitForText(/[❯>] \[ \] Data sets/);
      app.press('space');
      await app.screen.waitForText(/\[x\]/);
    },
  },
  'clean-unselected': {
    initialScreen: 'clean',
    services: used,
    play: (app) => app.screen.waitForText(/[❯>] \[ \] Data sets/),
  },
  'clean-empty': { initialScreen: 'clean', play: (app) => app.screen.waitForText(/[❯>] \[ \] Data sets/) },
  'clean-confirm': {
    initialScreen: 'clean',
    services: usedWithSamples,
    async play(app) {
      await app.screen.waitForText(/[❯>] \[ \] Data sets/);
      app.press('space', 'down', 'space', 'down', 'space', 'enter');
      await app.screen.waitForText(/This frees/);
    },
  },
  'clean-done': {
    initialScreen: 'clean',
    services: used,
    async play(app) {
      await app.screen.waitForText(/[❯>] \[ \] Data sets/);
      app.press('space', 'enter', 'y');
      await app.screen.waitForText(/Freed/);
    },
  },
  'clean-failed': {
    initialScreen: 'clean',
    services() {
      const services = used();
      services.clean = async () => {
        throw new EmnistError('fetch-busy', 'another process is fetching', {
          ...{ folder: '/data', lost: false, host: null, process: null, since: null },
        });
      };
      return services;
    },
    async play(app) {
      await app.screen.waitForText(/[❯>] \[ \] Data sets/);
      app.press('space', 'enter', 'y');
      await app.screen.waitForText(/another process is fetching/);
    },
  },
};
