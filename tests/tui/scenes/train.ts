import type { EpochRecord } from '../../../src/core/model/training-history.ts';
import type { TrainEvent } from '../../../src/core/training/train-event.ts';
import type { AppTerminal } from '../../helpers/app-terminal.ts';
import type { FakeServices } from '../../helpers/fake-services.ts';
import { trainEpoch, trainEpochEnd, trainStart } from '../../helpers/run-events.ts';
import { BUILT_IN, fresh, pressing, type Scene, servicesWith, used } from './fixtures.ts';

const batches = (epoch: number) => trainEpoch(epoch, 40, 794);

/** From the splits of `used`, to train from scratch, to the preset. */
const toPreset = ['tab', 'down', 'down', 'left', 'end', 'up'] as const;

/** Submits the form with its defaults for `used`, but for the epochs. */
async function submitted(app: AppTerminal, { runs }: FakeServices) {
  await app.screen.waitForText(/(●|\(\*\)) balanced/);
  app.press('tab', 'down', 'down', 'left', 'up', 'up', 'left', 'enter', 'y');
  await app.screen.waitForText(/Loading images/);
  return runs[0]!;
}

/** Plays a training run up to the middle of its fourth epoch. */
export async function training(app: AppTerminal, services: FakeServices) {
  const run = await submitted(app, services);
  run.push(trainStart({ trainImages: 101_520, validationImages: 11_280 }));
  for (let epoch = 1; epoch <= 3; epoch++) run.push(...batches(epoch), trainEpochEnd(epoch));
  run.push(...batches(4).slice(0, 20));
  await app.screen.waitForText(/397\/794/);
  return run;
}

/** The start of a run that was interrupted after its sixth epoch, of which the fifth was the best. */
export function resumedStart(): TrainEvent {
  const history = [1, 2, 3, 4, 5, 6].map((epoch) => ({
    ...(trainEpochEnd(epoch) as EpochRecord),
    validationAccuracy: epoch === 6 ? 0.853 : 0.84 + 0.004 * epoch,
  }));
  const points = Array.from({ length: 6 * 16 }, (_, index) => (index + 0.5) / 16);
  return trainStart({
    ...{ trainImages: 101_520, validationImages: 11_280, epochsDone: 6, history },
    curve: {
      span: 1 / 16,
      loss: points.map((x) => 0.35 + 3.4 * Math.exp(-x * 2) + 0.05 * Math.sin(x * 40)),
      accuracy: points.map((x) => 0.91 - 0.85 * Math.exp(-x * 2) + 0.01 * Math.sin(x * 40)),
      learningRate: points.map((x) => 0.001 * (1 - x / 10)),
    },
  });
}

export const TRAIN_SCENES: Record<string, Scene> = {
  'train-form': {
    initialScreen: 'train',
    services: used,
    play: (app) => app.screen.waitForText(/(●|\(\*\)) balanced[\s\S]*Takes[\s\S]*parameters/),
  },
  'train-form-new': {
    initialScreen: 'train',
    services: used,
    play: pressing(/(●|\(\*\)) balanced/, ['keras'], /Replaces the model keras[\s\S]*Takes[\s\S]*parameters/),
  },
  'train-form-network': {
    initialScreen: 'train',
    services: () => servicesWith(['digits'], [BUILT_IN]),
    async play(app) {
      await app.screen.waitForText(/(●|\(\*\)) digits/);
      app.press('tab', 'right', 'right', 'tab');
      app.paste("'/home/user/my networks/lenet-5.json'");
      await app.screen.waitForText(/lenet-5\.json[\s\S]*digits-lenet-5[\s\S]*Takes[\s\S]*parameters/);
    },
  },
  'train-form-invalid': {
    initialScreen: 'train',
    services: () => servicesWith(['digits'], [BUILT_IN]),
    play: pressing(/(●|\(\*\)) digits/, ['my model'], /invalid model name[\s\S]*Takes[\s\S]*parameters/),
  },
  'train-form-preset': {
    initialScreen: 'train',
    services: used,
    play: pressing(
      /(●|\(\*\)) balanced/,
      [...toPreset, 'left', 'left'],
      /^(?=[\s\S]*\d\s+parameters)[\s\S]*quick look[\s\S]*Takes/,
    ),
  },
  'train-form-options': {
    initialScreen: 'train',
    services: () => servicesWith(['balanced', 'digits'], [BUILT_IN]),
    play: pressing(
      /(●|\(\*\)) balanced/,
      ['shift+tab', 'enter', 'right', 'right', 'down', 'down', '64', 'end', 'up', 'up', 'up', 'right'],
      /Averaging +. 0\.9995[\s\S]*Takes[\s\S]*parameters/,
    ),
  },
  'train-form-options-invalid': {
    initialScreen: 'train',
    services: () => servicesWith(['balanced', 'digits'], [BUILT_IN]),
    play: pressing(
      /(●|\(\*\)) balanced/,
      ['shift+tab', 'enter', 'pageDown', 'up', 'up', 'up', '7'],
      /must be a number from 0 to 2/,
    ),
  },
  'train-replace': {
    initialScreen: 'train',
    services: used,
    play: pressing(/(●|\(\*\)) balanced/, ['balanced-cnn', 'enter'], /Replace balanced-cnn\?/),
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
    play: pressing(training, ['space'], /paused/),
  },
  'train-log': {
    initialScreen: 'train',
    services: used,
    // The larger chart comes first; with `y` alone, it shows all epochs.
    play: pressing(training, ['y', 'z'], /^((?!Error, log {2})[\s\S])*Error, log, last 2 epochs/),
  },
  'train-lines': {
    initialScreen: 'train',
    services: used,
    play: pressing(training, ['v', 'a'], /Learning rate[\s\S]*(╮|`-)/),
  },
  'train-resumed': {
    initialScreen: 'train',
    services: used,
    async play(app, services) {
      const run = await submitted(app, services);
      run.push(resumedStart(), ...batches(7).slice(0, 20));
      await app.screen.waitForText(/397\/794/);
    },
  },
  'train-stop': {
    initialScreen: 'train',
    services: used,
    play: pressing(training, ['x'], /Stop the training run\?/),
  },
  /** With a training run in the background. */
  'home-training': {
    initialScreen: 'train',
    services: used,
    play: pressing(training, ['escape'], /Next:[\s\S]*balanced-cnn . 35% . epoch 4/),
  },
  'models-training-done': {
    initialScreen: 'train',
    services: used,
    async play(app, services) {
      const run = await training(app, services);
      app.press('m');
      await app.screen.waitForText(/[❯>] balanced-vgg/);
      run.push({
        ...{ event: 'end', reason: 'completed', model: 'balanced-cnn', epochs: 4, seconds: 74.2 },
        validationAccuracy: 0.858,
      });
      run.end();
      await app.screen.waitForText(/done: 85\.8%/);
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
};
