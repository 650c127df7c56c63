import type { ModelStatus } from '../../src/app/services.ts';
import { isSplit } from '../../src/core/dataset/dataset-name.ts';
import type { Split } from '../../src/core/dataset/splits.ts';
import { EmnistError } from '../../src/core/errors.ts';
import type { ScreenName } from '../../src/tui/routes.ts';
import type { AppTerminal } from '../helpers/app-terminal.ts';
import {
  FAKE_READER,
  FakeServices,
  fakeModel,
  fakeStatus,
  fakeUnfinishedRun,
  trainEpoch,
  trainEpochEnd,
  trainStart,
} from '../helpers/fake-services.ts';

/** How to bring the app into one state of one screen. */
export interface Scene {
  readonly initialScreen?: ScreenName;
  readonly services?: () => FakeServices;
  /** Resolves when the app shows the state. */
  readonly play: (app: AppTerminal, services: FakeServices) => Promise<unknown>;
}

const BUILT_IN = fakeModel({
  name: 'shipped',
  shipped: true,
  training: { split: 'bymerge', architecture: 'vgg', epochs: 24, validationAccuracy: 0.8971 },
});
const MODELS = [
  fakeModel(),
  fakeModel({
    name: 'balanced-vgg',
    training: { architecture: 'vgg', epochs: 3, validationAccuracy: 0.8854, date: '2026-03-02T08:00:00.000Z' },
    resumable: true,
  }),
  fakeModel({ name: 'keras', classes: 62, training: null }),
  BUILT_IN,
];
/** CJK and emoji take two columns each. */
const FOREIGN_MODELS = [
  fakeModel({ name: '日本語の手書きモデル二〇二六年' }),
  fakeModel({ name: '✍️ own hand 👩‍🏫' }),
  fakeModel({ name: 'naïve-café' }),
  BUILT_IN,
];

/** The number of training and test images of NIST's data sets. */
const IMAGES: Record<Split, readonly [number, number]> = {
  balanced: [112_800, 18_800],
  byclass: [697_932, 116_323],
  bymerge: [697_932, 116_323],
  letters: [124_800, 20_800],
  digits: [240_000, 40_000],
  mnist: [60_000, 10_000],
};

function servicesWith(present: readonly Split[], models: ModelStatus[]): FakeServices {
  const status = fakeStatus({ present, models });
  for (const dataset of status.datasets) {
    if (dataset.trainImages !== null && isSplit(dataset.split))
      [dataset.trainImages, dataset.testImages] = IMAGES[dataset.split];
  }
  return new FakeServices(status);
}

const fresh = () => servicesWith([], [BUILT_IN]);
const used = () => servicesWith(['balanced', 'byclass', 'digits'], MODELS);

/** With drawings that the user has labeled. */
function usedWithSamples(): FakeServices {
  const services = used();
  const { storage } = fakeStatus({ present: ['balanced', 'byclass', 'digits'], models: MODELS, samples: 14 });
  services.currentStatus = { ...services.currentStatus, storage };
  return services;
}

const LETTER_R = [
  [
    [10, 0],
    [11, 50],
    [11, 104],
  ],
  [
    [8, 0],
    [42, 2],
    [60, 24],
    [52, 43],
    [13, 54],
    [40, 80],
    [66, 106],
  ],
] as const;

/** What the network sees of it: [28, 28], ink 255. */
function letterImage(): Uint8Array {
  const image = new Uint8Array(28 * 28);
  for (let y = 3; y < 25; y++) {
    for (let x = 6; x < 22; x++) {
      const isBar = x < 9;
      const isBow = y < 14 && (y < 6 || y > 11 || x > 18);
      const isLeg = y >= 14 && Math.abs(x - (9 + (y - 14) * 1.1)) < 1.6;
      if (isBar || isBow || isLeg) image[y * 28 + x] = x === 6 || y === 3 ? 128 : 255;
    }
  }
  return image;
}

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

/** Data sets of one's own, and labels that are no letters. */
function ownData(): FakeServices {
  const services = used();
  const { datasets } = services.currentStatus;
  datasets.push(
    { split: 'signs', labels: ['arrow', 'ä'], trainImages: 500, testImages: 100, bytes: 90_000 },
    { split: 'kanji', labels: ['日', '本', '語'], trainImages: 60_000, testImages: 10_000, bytes: 9e6 },
  );
  const images = Array.from({ length: 12 }, letterImage);
  services.fakeSamples = {
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
  app.press('/home/user/new', 'enter');
  await app.screen.waitForText(/Reading new/);
  const { feed } = fetches[0]!;
  feed.push(
    { event: 'start', split: 'new', source: '/home/user/new' },
    { event: 'progress', split: 'new', bytes: 40_000, total: 90_000, bytesPerSecond: 20_000 },
  );
  await app.screen.waitForText(/40 kB/);
  return feed;
}

const batches = (epoch: number) => trainEpoch(epoch, 40, 794);

async function training(app: AppTerminal, { runs }: FakeServices) {
  await app.screen.waitForText(/(●|\(\*\)) balanced/);
  app.press('tab', 'down', 'down', 'left', 'up', 'up', 'left', 'enter', 'y');
  await app.screen.waitForText(/Loading images/);
  const run = runs[0]!;
  run.push(trainStart({ trainImages: 101_520, validationImages: 11_280 }));
  for (let epoch = 1; epoch <= 3; epoch++) run.push(...batches(epoch), trainEpochEnd(epoch));
  run.push(...batches(4).slice(0, 20));
  await app.screen.waitForText(/397\/794/);
  return run;
}

async function drawing(app: AppTerminal, { servers }: FakeServices) {
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

async function evaluating(app: AppTerminal, { evaluations }: FakeServices) {
  await app.screen.waitForText(/Test images are never/);
  app.press('enter');
  await app.screen.waitForText(/Loading images/);
  const { feed } = evaluations[0]!;
  feed.push(
    { event: 'start', split: 'balanced', part: 'test', model: 'balanced-cnn', images: 18_800 },
    { event: 'progress', images: 9_216, total: 18_800, imagesPerSecond: 21_340 },
  );
  await app.screen.waitForText(/9,216 of 18,800/);
  return feed;
}

export const SCENES: Record<string, Scene> = {
  'home-fresh': { services: fresh, play: (app) => app.screen.waitForText(/Next:/) },
  'home-used': {
    services: used,
    async play(app) {
      await app.screen.waitForText(/Next:/);
      app.press('down', 'down');
      await app.screen.waitForText(/[❯>] d/);
    },
  },
  'home-failed': {
    services() {
      const services = fresh();
      services.status = async () => {
        services.statusCalls++;
        throw new Error('EACCES: permission denied, scandir "/home/user/.local/share/emnist-tui/models"');
      };
      return services;
    },
    play: (app) => app.screen.waitForText(/EACCES/),
  },
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
    async play(app) {
      await app.screen.waitForText(/signs/);
      app.press('up');
      await app.screen.waitForText(/[❯>] .*kanji/);
    },
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
    async play(app) {
      await app.screen.waitForText(/signs/);
      app.press('/home/user/sings');
      await app.screen.waitForText(/no such file/);
    },
  },
  'own-data-replace': {
    initialScreen: 'ownData',
    services: ownData,
    async play(app) {
      await app.screen.waitForText(/signs/);
      app.press('signs', 'enter');
      await app.screen.waitForText(/Replace signs\?/);
    },
  },
  'own-data-running': { initialScreen: 'ownData', services: ownData, play: takingOver },
  'own-data-samples': {
    initialScreen: 'ownData',
    services: ownData,
    async play(app, services) {
      const feed = await takingOver(app, services);
      feed.push({ event: 'end', split: 'new', trainImages: 500, testImages: 100, bytes: 90_000 });
      feed.end();
      await app.screen.waitForText(/500 training/);
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
    async play(app, services) {
      await fetching(app, services);
      app.press('escape');
      await app.screen.waitForText(/Cancel the download\?/);
    },
  },
  'fetch-canceled': {
    initialScreen: 'fetch',
    services: fresh,
    async play(app, services) {
      await fetching(app, services);
      app.press('c', 'y');
      await app.screen.waitForText(/Canceled\./);
    },
  },
  'train-form': {
    initialScreen: 'train',
    services: used,
    play: (app) => app.screen.waitForText(/(●|\(\*\)) balanced[\s\S]*Takes/),
  },
  'train-form-new': {
    initialScreen: 'train',
    services: used,
    async play(app) {
      await app.screen.waitForText(/(●|\(\*\)) balanced/);
      app.press('keras');
      await app.screen.waitForText(/Replaces the model keras[\s\S]*Takes/);
    },
  },
  'train-form-network': {
    initialScreen: 'train',
    services: () => servicesWith(['digits'], [BUILT_IN]),
    async play(app) {
      await app.screen.waitForText(/(●|\(\*\)) digits/);
      app.press('tab', 'right', 'right', 'tab');
      app.paste("'/home/user/my networks/lenet-5.json'");
      await app.screen.waitForText(/lenet-5\.json[\s\S]*digits-lenet-5[\s\S]*Takes/);
    },
  },
  'train-form-invalid': {
    initialScreen: 'train',
    services: () => servicesWith(['digits'], [BUILT_IN]),
    async play(app) {
      await app.screen.waitForText(/(●|\(\*\)) digits/);
      app.press('my model');
      await app.screen.waitForText(/invalid model name[\s\S]*Takes/);
    },
  },
  'train-replace': {
    initialScreen: 'train',
    services: used,
    async play(app) {
      await app.screen.waitForText(/(●|\(\*\)) balanced/);
      app.press('balanced-cnn', 'enter');
      await app.screen.waitForText(/Replace balanced-cnn\?/);
    },
  },
  'train-waiting': {
    initialScreen: 'train',
    services: used,
    async play(app, { runs }) {
      await app.screen.waitForText(/(●|\(\*\)) balanced/);
      app.press('enter');
      await app.screen.waitForText(/Loading images/);
      runs[0]!.push({ event: 'waiting', host: 'far.example', process: 4711, since: null });
      await app.screen.waitForText(/process 4711 on far\.example/);
    },
  },
  'train-form-empty': { initialScreen: 'train', services: fresh, play: (app) => app.screen.waitForText(/Next:/) },
  'train-running': { initialScreen: 'train', services: used, play: training },
  'train-validating': {
    initialScreen: 'train',
    services: used,
    async play(app, services) {
      const run = await training(app, services);
      run.push({ event: 'validation', epoch: 4, images: 4_096, total: 11_280, imagesPerSecond: 11_800 });
      await app.screen.waitForText(/11,800 images\/s/);
    },
  },
  'train-paused': {
    initialScreen: 'train',
    services: used,
    async play(app, services) {
      await training(app, services);
      app.press('space');
      await app.screen.waitForText(/paused/);
    },
  },
  'train-stop': {
    initialScreen: 'train',
    services: used,
    async play(app, services) {
      await training(app, services);
      app.press('escape');
      await app.screen.waitForText(/Stop the training run\?/);
    },
  },
  'train-done': {
    initialScreen: 'train',
    services: used,
    async play(app, services) {
      const run = await training(app, services);
      run.push(...batches(4).slice(20), trainEpochEnd(4), {
        ...{ event: 'end', reason: 'stopped', model: 'balanced-cnn', epochs: 4, seconds: 74.2 },
        validationAccuracy: 0.858,
      });
      run.end();
      await app.screen.waitForText(/Stopped\./);
    },
  },
  'train-failed': {
    initialScreen: 'train',
    services: used,
    async play(app, services) {
      const run = await training(app, services);
      run.end(new Error('ENOSPC: no space left on device'));
      await app.screen.waitForText(/ENOSPC/);
    },
  },
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
  'evaluate-form': {
    initialScreen: 'evaluate',
    services: used,
    play: (app) => app.screen.waitForText(/Takes[\s\S]*Test images are never/),
  },
  'evaluate-running': { initialScreen: 'evaluate', services: used, play: evaluating },
  'evaluate-done': {
    initialScreen: 'evaluate',
    services: used,
    async play(app, services) {
      const feed = await evaluating(app, services);
      feed.push({
        ...{ event: 'end', split: 'balanced', part: 'test', model: 'balanced-cnn', images: 18_800 },
        ...{ accuracy: 0.8631, top5Accuracy: 0.9892, loss: 0.4128, calibrationError: 0.0123, prior: 'uniform' },
        perClass: [...'0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabdefghnqrt'].map((label, index) => ({
          label,
          images: 400,
          accuracy: 0.5 + ((index * 37) % 47) / 100,
        })),
        confusions: [...'O0 L1 q9 F f I1 1L g9 2Z 5S'.replace(/ /g, '')]
          .slice(0, 18)
          .map((truth, index, all) => ({ truth, predicted: all[(index + 1) % all.length]!, count: 203 - 9 * index })),
      });
      feed.end();
      await app.screen.waitForText(/Worst classes/);
    },
  },
  models: {
    initialScreen: 'models',
    services: used,
    async play(app) {
      await app.screen.waitForText(/[❯>] balanced-cnn/);
      app.press('down');
      await app.screen.waitForText(/[❯>] balanced-vgg/);
    },
  },
  'models-unusable': {
    initialScreen: 'models',
    services() {
      const services = used();
      const problem = '/home/user/.local/share/emnist-tui/models/broken/model.json is damaged: it is not JSON';
      services.currentStatus.unusable = [{ name: 'broken', path: '/home/user/broken', problem }];
      services.currentStatus.unfinished.push(fakeUnfinishedRun({ name: 'begun', epochsDone: 1 }));
      return services;
    },
    async play(app) {
      await app.screen.waitForText(/[❯>] balanced-cnn/);
      app.press('end', 'up');
      await app.screen.waitForText(/[❯>] broken/);
    },
  },
  'models-delete': {
    initialScreen: 'models',
    services: used,
    async play(app) {
      await app.screen.waitForText(/[❯>] balanced-cnn/);
      app.press('down', 'delete');
      await app.screen.waitForText(/Delete balanced-vgg\?/);
    },
  },
  'models-wide-names': {
    initialScreen: 'models',
    services: () => servicesWith(['balanced'], FOREIGN_MODELS),
    play: (app) => app.screen.waitForText(/[❯>] (日本語|\?\?\?\?\?\?)/),
  },
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
  help: { initialScreen: 'help', play: (app) => app.screen.waitForText(/Everywhere/) },
  quit: {
    initialScreen: 'train',
    services: used,
    async play(app, services) {
      await training(app, services);
      app.press('q');
      await app.screen.waitForText(/Quit\?/);
    },
  },
  'shutting-down': {
    initialScreen: 'train',
    services: used,
    async play(app, services) {
      const run = await training(app, services);
      run.onStop = () => {};
      app.press('ctrl+c');
      await app.screen.waitForText(/Shutting down/);
    },
  },
};
