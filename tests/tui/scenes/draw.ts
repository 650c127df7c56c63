import { EmnistError } from '../../../src/core/errors.ts';
import type { AppTerminal } from '../../helpers/app-terminal.ts';
import { FAKE_READER, type FakeServices } from '../../helpers/fake-services.ts';
import { fresh, LETTER_R, letterImage, type Scene, used } from './fixtures.ts';

/** Plays until a drawing is shown that was read. */
export async function drawing(app: AppTerminal, { servers }: FakeServices) {
  await app.screen.waitForText(/Waiting for the page/);
  servers[0]!.push(
    { event: { event: 'client', clients: 1 } },
    {
      event: {
        ...{ event: 'prediction', client: 1, strokes: 2, milliseconds: 2.84, ...FAKE_READER },
        predictions: [
          { label: 'R', probability: 0.9312 },
          { label: 'K', probability: 0.0407 },
          { label: 'A', probability: 0.0118 },
          { label: 'P', probability: 0.0061 },
          { label: 'B', probability: 0.0022 },
        ],
      },
      drawing: { strokes: LETTER_R, image: letterImage() },
    },
  );
  await app.screen.waitForText(/Read in 2\.8 ms/);
}

export const DRAW_SCENES: Record<string, Scene> = {
  'draw-waiting': {
    initialScreen: 'draw',
    services: fresh,
    play: (app) => app.screen.waitForText(/Waiting for the page/),
  },
  'draw-no-browser': {
    initialScreen: 'draw',
    services() {
      const services = fresh();
      services.openBrowser = async (url) => {
        services.opened.push(url);
        throw new Error('no browser');
      };
      return services;
    },
    play: (app) => app.screen.waitForText(/Could not open a browser/),
  },
  'draw-remote': {
    initialScreen: 'draw',
    services() {
      const services = fresh();
      services.isRemote = true;
      return services;
    },
    play: (app) => app.screen.waitForText(/ssh -L/),
  },
  'draw-shared': {
    initialScreen: 'draw',
    services: fresh,
    async play(app) {
      await app.screen.waitForText(/Waiting for the page/);
      app.press('s', 'y');
      await app.screen.waitForText(/not\s+encrypted[\s\S]*unshare/);
    },
  },
  'draw-drawing': { initialScreen: 'draw', services: fresh, play: drawing },
  'draw-labeled': {
    initialScreen: 'draw',
    services: fresh,
    async play(app, services) {
      await drawing(app, services);
      app.press('2');
      await app.screen.waitForText(/Saved as K \S 1\b[\s\S]*undo/);
    },
  },
  'draw-adapted': {
    initialScreen: 'draw',
    services: fresh,
    async play(app, services) {
      await drawing(app, services);
      services.servers[0]!.push(
        { event: { event: 'sample', client: 1, label: 'see you', samples: 1_234 } },
        {
          event: {
            ...{ event: 'prediction', client: 1, strokes: 2, milliseconds: 2.1, ...FAKE_READER },
            predictions: [
              { label: 'see you', probability: 0.86 },
              { label: 'M', probability: 0.07 },
            ],
            adaptedTo: 1_234,
          },
          drawing: { strokes: LETTER_R, image: letterImage() },
        },
      );
      await app.screen.waitForText(/Read in 2\.1 ms/);
    },
  },
  'draw-label-typing': {
    initialScreen: 'draw',
    services: fresh,
    async play(app, services) {
      await drawing(app, services);
      app.press('l', 'q');
      await app.screen.waitForText(/It is q/);
    },
  },
  'draw-label-long': {
    initialScreen: 'draw',
    services: fresh,
    async play(app, services) {
      await drawing(app, services);
      app.press('l');
      await app.screen.waitForText(/It is/);
      app.press('signature');
      await app.screen.waitForText(/at most 8/);
    },
  },
  'draw-label-failed': {
    initialScreen: 'draw',
    services: fresh,
    async play(app, services) {
      await drawing(app, services);
      services.servers[0]!.sampleError = new EmnistError('disk-full', 'the disk is full', {
        path: '/home',
        systemCode: 'ENOSPC',
      });
      app.press('enter');
      await app.screen.waitForText(/disk is full/);
    },
  },
  'draw-notice': {
    initialScreen: 'draw',
    services: fresh,
    async play(app, services) {
      await drawing(app, services);
      services.servers[0]!.push({
        event: {
          ...{ event: 'prediction', client: 1, strokes: 4, milliseconds: 2.1, ...FAKE_READER },
          predictions: [
            { label: 'n', probability: 0.86 },
            { label: 'M', probability: 0.07 },
          ],
          notice: 'several-characters',
        },
        drawing: { strokes: LETTER_R, image: letterImage() },
      });
      await app.screen.waitForText(/Read in 2\.1 ms/);
    },
  },
  'draw-not-sure': {
    initialScreen: 'draw',
    services: fresh,
    async play(app, services) {
      await drawing(app, services);
      app.press('p');
      await app.screen.waitForText(/expecting digits/);
      services.servers[0]!.push({
        event: {
          ...{ event: 'prediction', client: 1, strokes: 4, milliseconds: 2.1, ...FAKE_READER },
          predictions: [
            { label: '2', probability: 0.213 },
            { label: '8', probability: 0.07 },
          ],
          ...{ noCharacter: 0.712, notice: 'not-sure', characters: 'digits' },
        },
        drawing: { strokes: LETTER_R, image: letterImage() },
      });
      await app.screen.waitForText(/Read in 2\.1 ms/);
    },
  },
  'draw-models': {
    initialScreen: 'draw',
    services: used,
    async play(app) {
      await app.screen.waitForText(/Waiting for the page/);
      app.press('m', 'up');
      await app.screen.waitForText(/[❯>] .* keras/);
    },
  },
  'draw-failed': {
    initialScreen: 'draw',
    services() {
      const services = fresh();
      services.drawError = new EmnistError('port-taken', 'port 4321 is in use', { port: 4321 });
      return services;
    },
    play: (app) => app.screen.waitForText(/is in use/),
  },
};
