import { EmnistError } from '../../../src/core/errors.ts';
import { pressing, type Scene, used, usedWithSamples } from './fixtures.ts';

export const CLEAN_SCENES: Record<string, Scene> = {
  'clean-form': {
    initialScreen: 'clean',
    services: usedWithSamples,
    play: pressing(/[❯>] \[ \] Data sets/, ['space'], /\[x\]/),
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
    play: pressing(/[❯>] \[ \] Data sets/, ['space', 'down', 'space', 'down', 'space', 'enter'], /This frees/),
  },
  'clean-done': {
    initialScreen: 'clean',
    services: used,
    play: pressing(/[❯>] \[ \] Data sets/, ['space', 'enter', 'y'], /Freed/),
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
    play: pressing(/[❯>] \[ \] Data sets/, ['space', 'enter', 'y'], /another process is fetching/),
  },
};
