import { EmnistError } from '../../../src/core/errors.ts';
import type { DrawUpdate } from '../../../src/core/server/draw-event.ts';
import type { AppTerminal } from '../../helpers/app-terminal.ts';
import { FAKE_READER } from '../../helpers/fake-server.ts';
import type { FakeServices } from '../../helpers/fake-services.ts';
import { mouseDrag, mousePress, mouseRelease } from '../../helpers/mouse.ts';
import { trainEpoch, trainEpochEnd } from '../../helpers/run-events.ts';
import { fresh, LETTER_R, letterImage, pressing, type Scene, used } from './fixtures.ts';
import { training } from './train.ts';

type Prediction = Extract<DrawUpdate['event'], { event: 'prediction' }>;

/** A reading of the letter R that took 2.1 ms. */
function read(predictions: Prediction['predictions'], fields: Partial<Prediction> = {}): DrawUpdate {
  return {
    event: {
      ...{ event: 'prediction', client: 1, strokes: 2, milliseconds: 2.1, ...FAKE_READER, predictions },
      ...fields,
    },
    drawing: { strokes: LETTER_R, image: letterImage() },
  };
}

/** Plays until a drawing is shown that was read. */
export async function drawing(app: AppTerminal, { servers }: FakeServices) {
  await app.screen.waitForText(/Waiting for the page/);
  const predictions = [
    { label: 'R', probability: 0.9312 },
    { label: 'K', probability: 0.0407 },
    { label: 'A', probability: 0.0118 },
    { label: 'P', probability: 0.0061 },
    { label: 'B', probability: 0.0022 },
  ];
  servers[0]!.push({ event: { event: 'client', clients: 1 } }, read(predictions, { milliseconds: 2.84 }));
  await app.screen.waitForText(/Read in 2\.8 ms/);
}

/** Draws a character in the terminal, and plays until it is read. */
async function drawingHere(app: AppTerminal) {
  await app.screen.waitForText(/h\s+to\s+draw\s+here/);
  app.press('h');
  await app.screen.waitForText(/drawing here/);
  for (const [[x, y], ...rest] of CELLS_OF_R) {
    app.press(mousePress(x, y), ...rest.map((cell) => mouseDrag(...cell)), mouseRelease(...(rest.at(-1) ?? [x, y])));
  }
  await app.screen.waitForText(/Read in 2\.1 ms/);
}

type Cell = [column: number, row: number];
/** Cells of the screen that an R goes through. */
const CELLS_OF_R: readonly (readonly [Cell, ...Cell[]])[] = [
  [
    [9, 6],
    [9, 11],
    [9, 17],
  ],
  [
    [9, 6],
    [20, 6],
    [25, 8],
    [20, 11],
    [10, 11],
    [18, 14],
    [25, 17],
  ],
];

/** The model that is being trained reads the drawings. */
function readByTrained(): FakeServices {
  const services = used();
  services.reader = { ...FAKE_READER, model: 'balanced-cnn', split: 'balanced' };
  return services;
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
    play: pressing(/Waiting for the page/, ['s', 'y'], /not\s+encrypted/),
  },
  'draw-drawing': { initialScreen: 'draw', services: fresh, play: drawing },
  'draw-inside': { initialScreen: 'draw', services: fresh, play: pressing(drawing, ['i'], /Why R\?/) },
  'draw-inside-layer': {
    initialScreen: 'draw',
    services: fresh,
    play: pressing(pressing(drawing, ['i'], /Why R\?/), ['tab', 'tab'], /[❯>] conv2d_1|drawing +conv2d_1/),
  },
  'draw-inside-dense': {
    initialScreen: 'draw',
    services: fresh,
    play: pressing(pressing(drawing, ['i', 'y'], /Why not K\?/), ['up', 'shift+tab'], /[❯>] dense|drawing +dense/),
  },
  /** With a model that is being trained. */
  'draw-here-training': {
    initialScreen: 'train',
    isOfSize: true,
    services: readByTrained,
    async play(app, services) {
      const run = await training(app, services);
      app.press('d');
      await app.screen.waitForText(/with balanced-cnn, epoch 3/);
      const server = services.servers[0]!;
      const answers = (best: string, second: string, probability: number) => [
        { label: best, probability },
        { label: second, probability: (1 - probability) * 0.9 },
      ];
      server.answers = answers('K', 'R', 0.51);
      await drawingHere(app);
      server.answers = answers('R', 'K', 0.78);
      run.push(trainEpochEnd(4));
      await app.screen.waitForText(/epoch 4: R 78%/);
    },
  },
  'draw-training': {
    initialScreen: 'train',
    services: readByTrained,
    async play(app, services) {
      const run = await training(app, services);
      app.press('d');
      await app.screen.waitForText(/Waiting for the page/);
      const server = services.servers[0]!;
      const model = { model: 'balanced-cnn' };
      const predictions = (best: string, probability: number) => [
        { label: best, probability },
        { label: best === 'R' ? 'K' : 'R', probability: (1 - probability) * 0.8 },
        { label: 'A', probability: (1 - probability) * 0.1 },
      ];
      await app.screen.waitForText(/with balanced-cnn, epoch 3/);
      server.push({ event: { event: 'client', clients: 1 } }, read(predictions('K', 0.51), model));
      await app.screen.waitForText(/1\. K/);
      run.push(trainEpochEnd(4));
      await app.screen.waitForText(/with balanced-cnn, epoch 4/);
      server.push(read(predictions('R', 0.78), { ...model, milliseconds: 2.3 }));
      await app.screen.waitForText(/Read in 2\.3 ms/);
      run.push(...trainEpoch(5, 40, 794), trainEpochEnd(5), ...trainEpoch(6, 40, 794).slice(0, 20));
      await app.screen.waitForText(/with balanced-cnn, epoch 5/);
      server.push(read(predictions('R', 0.93), { ...model, milliseconds: 2.2 }));
      await app.screen.waitForText(/Read in 2\.2 ms[\s\S]*balanced-cnn . 55% . epoch 6/);
    },
  },
  'draw-labeled': {
    initialScreen: 'draw',
    services: fresh,
    play: pressing(drawing, ['2'], /Saved as K \S 1\b[\s\S]*undo/),
  },
  'draw-adapted': {
    initialScreen: 'draw',
    services: fresh,
    async play(app, services) {
      await drawing(app, services);
      services.servers[0]!.push(
        { event: { event: 'sample', client: 1, label: 'see you', samples: 1_234 } },
        read(
          [
            { label: 'see you', probability: 0.86 },
            { label: 'M', probability: 0.07 },
          ],
          { adaptedTo: 1_234 },
        ),
      );
      await app.screen.waitForText(/Read in 2\.1 ms/);
    },
  },
  'draw-label-typing': {
    initialScreen: 'draw',
    services: fresh,
    play: pressing(drawing, ['l', 'q'], /It is q/),
  },
  'draw-label-long': {
    initialScreen: 'draw',
    services: fresh,
    play: pressing(pressing(drawing, ['l'], /It is/), ['signature'], /at most 8/),
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
      const predictions = [
        { label: 'n', probability: 0.86 },
        { label: 'M', probability: 0.07 },
      ];
      services.servers[0]!.push(read(predictions, { strokes: 4, notice: 'several-characters' }));
      await app.screen.waitForText(/Read in 2\.1 ms/);
    },
  },
  'draw-not-sure': {
    initialScreen: 'draw',
    services: fresh,
    async play(app, services) {
      await pressing(drawing, ['p'], /expecting digits/)(app, services);
      const predictions = [
        { label: '2', probability: 0.213 },
        { label: '8', probability: 0.07 },
      ];
      const notice = { noCharacter: 0.712, notice: 'not-sure', characters: 'digits' } as const;
      services.servers[0]!.push(read(predictions, { strokes: 4, ...notice }));
      await app.screen.waitForText(/Read in 2\.1 ms/);
    },
  },
  'draw-here-blank': {
    initialScreen: 'draw',
    services: fresh,
    play: pressing(/h\s+to\s+draw\s+here/, ['h'], /Draw with the mouse/),
  },
  'draw-here': { initialScreen: 'draw', services: fresh, isOfSize: true, play: drawingHere },
  'draw-here-pen': {
    initialScreen: 'draw',
    services: fresh,
    isOfSize: true,
    play: pressing(drawingHere, ['right', 'right', 'space'], /The pen is down/),
  },
  'draw-here-keys': {
    initialScreen: 'draw',
    services: fresh,
    play: pressing(drawingHere, ['?'], /Keys: Draw/),
  },
  'draw-models': {
    initialScreen: 'draw',
    services: used,
    play: pressing(/Waiting for the page/, ['m', 'up'], /[❯>] .* keras/),
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
